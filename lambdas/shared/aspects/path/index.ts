export * from './images';
export * from './path';
export * from './refresh';
