export function isInstalled(folder: string): boolean;
export function install(folder: string, what: string): void;
