// What must hold for the packages that the project installs, so that nobody slips one in.

/** A package.json, as far as it names other packages. */
export interface Manifest {
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	bundleDependencies?: unknown;
	bundledDependencies?: unknown;
}

/** A package-lock.json, as far as it is checked. */
export interface Lockfile {
	packages?: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
}

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** Versions and ranges of versions of a registry's package, also under another name. */
const REGISTRY_SPEC = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?[\w.^~<>=|*+ -]+$/;

const REGISTRY = 'https://registry.npmjs.org/';

/** What is wrong with a lock file, as sentences: every package comes from the registry, with a checksum that is up to date. */
export function lockfileFlaws({ packages = {} }: Lockfile): string[] {
	const locked = Object.entries(packages).filter(([path]) => path !== '');
	if (locked.length === 0) return ['it locks no package'];
	return locked.flatMap(([path, { version, resolved, integrity, link }]) => [
		...(link ? [`${path} is a link`] : []),
		...(version === undefined || /[:/]/.test(version) ? [`${path} has no version of the registry: ${version}`] : []),
		...(SHA512.test(integrity ?? '') ? [] : [`${path} has no SHA-512 checksum`]),
		...(resolved === undefined || resolved.startsWith(REGISTRY) ? [] : [`${path} comes from ${resolved}`]),
	]);
}

/** What is wrong with the packages that a package.json asks for, as sentences: they come from the registry, too. */
export function manifestFlaws(manifest: Manifest): string[] {
	const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
	return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies })
		.filter(([, spec]) => !REGISTRY_SPEC.test(spec))
		.map(([name, spec]) => `${name} is asked for as ${spec}, which is no version`);
}

/** What a published package would bring along, which is to be nothing. */
export function publishedFlaws(manifest: Manifest): string[] {
	const { dependencies, optionalDependencies, bundleDependencies, bundledDependencies } = manifest;
	const names = Object.keys({ ...dependencies, ...optionalDependencies });
	return [
		...names.map((name) => `users would have to install ${name}`),
		...(bundleDependencies !== undefined || bundledDependencies !== undefined ? ['packages are bundled'] : []),
	];
}
