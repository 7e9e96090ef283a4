import { BlockList, isIP } from 'node:net';

const loopbackAddresses = new BlockList();
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
loopbackAddresses.addAddress('::1', 'ipv6');

/** Whether an IP address literal is a loopback address. */
export function isLoopbackAddress(address: string): boolean {
	const family = isIP(address);
	return family !== 0 && loopbackAddresses.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a host, with or without the brackets of a URL, names this machine: `localhost` or a loopback address literal. */
export function isLoopbackHost(host: string): boolean {
	const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
	return bare === 'localhost' || isLoopbackAddress(bare);
}

/** Whether text is a URL that leads to this machine. */
export function isLoopbackUrl(text: string): boolean {
	return URL.canParse(text) && isLoopbackHost(new URL(text).hostname);
}
