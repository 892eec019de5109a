/** SQL of a version in full, as a scenario's file means it; empty where there is none. */
export function versionText(file: string): string;
