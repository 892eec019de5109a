export * from './question';
export * from './releases';
