/** Names that lead to this machine or stay inside a private network, whatever they resolve to. */
const PRIVATE_ENDINGS = [
	'localhost',
	'local',
	'internal',
	'intranet',
	'private',
	'corp',
	'home',
	'lan',
	'localdomain',
	'home.arpa',
];

/** Ranges of IPv4 that are not on the public internet: first address and length of the prefix. */
const PRIVATE_RANGES: ReadonlyArray<readonly [string, number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.88.99.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 4],
	['240.0.0.0', 4],
];

/** Ports below this belong to services of the system: mail, remote shells, directories. */
const FIRST_FREE_PORT = 1024;

/**
 * Why nothing should be fetched from an address that a stranger gave, as the end of a sentence about the address;
 * undefined when its text gives no reason. What a name resolves to is not looked at.
 */
export function strangersUrlObjection(url: URL): string | undefined {
	if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'does not start with http:// or https://';
	if (!isPublicHost(url.hostname)) return 'leads to this machine or into a private network';
	if (url.username !== '' || url.password !== '') return 'holds a user name or password, which files for everybody do not need';
	// The usual ports of both schemes are empty here.
	const isSystemPort = url.port !== '' && Number(url.port) < FIRST_FREE_PORT && !['80', '443'].includes(url.port);
	return isSystemPort ? `uses port ${url.port}, which is none of web servers` : undefined;
}

/** @param host as URL parsers give it: in lower case, IPv4 always as four numbers, IPv6 in brackets */
function isPublicHost(host: string): boolean {
	if (host.startsWith('[')) return isPublicIpv6(host.slice(1, -1));
	if (/^\d+(\.\d+){3}$/.test(host)) return isPublicIpv4(ipv4Number(host));
	const name = host.replace(/\.+$/, '');
	// A name of one word means something only inside the own network, e.g. the other containers of a docker-compose file.
	return name.includes('.') && !PRIVATE_ENDINGS.some((ending) => name === ending || name.endsWith(`.${ending}`));
}

function ipv4Number(address: string): number {
	return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function isPublicIpv4(address: number): boolean {
	return !PRIVATE_RANGES.some(([first, prefix]) => {
		const size = 2 ** (32 - prefix);
		return Math.floor(address / size) === Math.floor(ipv4Number(first) / size);
	});
}

/** Only the range that is handed out for the internet is public; addresses that wrap an IPv4 one are what that is. */
function isPublicIpv6(address: string): boolean {
	const groups = ipv6Groups(address);
	const ipv4At = (index: number) => isPublicIpv4(groups[index] * 65_536 + groups[index + 1]);
	const startsWith = (...start: number[]) => start.every((group, index) => groups[index] === group);
	if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return ipv4At(6);
	if (startsWith(0x2002)) return ipv4At(1);
	// Below 2001:200:: lie tunnels and protocols, below 2001:db8:: and 3fff:: nothing but examples.
	if ((groups[0] === 0x2001 && groups[1] < 0x200) || startsWith(0x2001, 0xdb8)) return false;
	if (groups[0] === 0x3fff && groups[1] < 0x1000) return false;
	return groups[0] >= 0x2000 && groups[0] < 0x4000;
}

function ipv6Groups(address: string): number[] {
	const [start, end] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
	const known = [...start, ...(end ?? [])];
	const zeros = Array.from({ length: 8 - known.length }, () => '0');
	return [...start, ...zeros, ...(end ?? [])].map((group) => Number.parseInt(group, 16));
}
