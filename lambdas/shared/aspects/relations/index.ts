// Relations of Aspects' data model by version: data and pure functions, no SDK.

export * from './allow-list';
export * from './drop-lists';
export * from './generation';
export * from './live';
export * from './mentions';
export * from './raw';
export * from './rename-table';
export * from './types';
