export * from './open-edx';
export * from './parse';
export * from './releases';
