import fc from 'fast-check';

import { strangersUrlObjection } from '../../nodes/shared/publicAddress';

const objection = (address: string) => strangersUrlObjection(new URL(address));

describe('strangersUrlObjection', () => {
	it.each([
		'https://example.com/cat.png',
		'http://example.com:8080/cat.png',
		'https://sub.localhost.example.com/',
		'https://93.184.216.34/',
		'https://172.15.255.255/',
		'https://172.32.0.0/',
		'https://100.63.255.255/',
		'https://[2606:4700::1111]/',
		'https://[64:ff9b::5db8:d822]/',
		'https://[::ffff:93.184.216.34]/',
		'https://example.com:443/',
		'https://example.com:80/',
		'https://example.com:9000/',
		'https://EXAMPLE.com./cat.png',
		'https://\u24d4xample.com/',
		'https://[2001:200::1]/',
	])('has none to %s', (address) => {
		expect(objection(address)).toBeUndefined();
	});

	it.each([
		'http://localhost/',
		'http://localhost./',
		'http://app.localhost:5678/',
		'http://redis:6379/',
		'http://printer.local/',
		'http://metadata.google.internal/computeMetadata/v1/',
		'http://nas.home.arpa/',
		'http://127.0.0.1/',
		'http://127.1/',
		'http://2130706433/',
		'http://0x7f.0.0.1/',
		'http://017700000001/',
		'http://0.0.0.0/',
		'http://10.1.2.3/',
		'http://100.64.0.1/',
		'http://169.254.169.254/latest/meta-data/',
		'http://172.16.0.1/',
		'http://172.31.255.255/',
		'http://192.168.1.1/',
		'http://192.168.1.1./',
		'http://192.168.257/',
		'http://0300.0250.1.1/',
		'http://0xc0a80101/',
		'http://3232235777/',
		'http://\u2460\u2461\u2466.0.0.1/',
		'http://127\u30020\u30020\u30021/',
		'http://%31%32%37.0.0.1/',
		'http://127.0.0.1:80@169.254.169.254/',
		'http:127.0.0.1/',
		'http:/\\127.0.0.1/',
		'http://192.88.99.1/',
		'http://198.18.0.1/',
		'http://224.0.0.1/',
		'http://255.255.255.255/',
		'http://[::]/',
		'http://[::1]/',
		'http://[::ffff:127.0.0.1]/',
		'http://[::ffff:a00:1]/',
		'http://[::7f00:1]/',
		'http://[64:ff9b::7f00:1]/',
		'http://[2002:7f00:1::]/',
		'http://[2001:0:1::1]/',
		'http://[2001:db8::1]/',
		'http://[2001:10::1]/',
		'http://[3fff::1]/',
		'http://[0:0:0:0:0:ffff:7f00:1]/',
		'http://[::ffff:169.254.169.254]/',
		'http://[::127.0.0.1]/',
		'http://[64:ff9b:1::a00:1]/',
		'http://[100::1]/',
		'http://[fec0::1]/',
		'http://[fc00::1]/',
		'http://[fdab::1]/',
		'http://[fe80::1]/',
		'http://[ff02::1]/',
	])('refuses %s', (address) => {
		expect(objection(address)).toBe('leads to this machine or into a private network');
	});

	it.each(['https://ada@example.com/', 'https://ada:pw@example.com/cat.png', 'https://example.com:pw@93.184.216.34/', 'https://:pw@example.com/'])(
		'refuses the name or password in %s',
		(address) => {
			expect(objection(address)).toBe('holds a user name or password, which files for everybody do not need');
		},
	);

	it.each([22, 25, 53, 110, 389, 445, 993])('refuses port %i', (port) => {
		expect(objection(`https://example.com:${port}/`)).toBe(`uses port ${port}, which is none of web servers`);
		expect(objection(`https://[2606:4700::1111]:${port}/`)).toBe(`uses port ${port}, which is none of web servers`);
	});

	it('refuses a private IPv4 address in every way to write it', () => {
		const part = (value: number) => fc.constantFrom(String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`);
		const written = fc.constantFrom([127, 0, 0, 1], [10, 1, 2, 3], [172, 20, 0, 9], [192, 168, 0, 1], [169, 254, 169, 254], [100, 100, 0, 1], [0, 0, 0, 0]).chain(([a, b, c, d]) =>
			fc.oneof(
				fc.tuple(part(a), part(b), part(c), part(d)).map((parts) => parts.join('.')),
				fc.tuple(part(a), part(b), part(c * 256 + d)).map((parts) => parts.join('.')),
				fc.tuple(part(a), part(b * 65_536 + c * 256 + d)).map((parts) => parts.join('.')),
				part(((a * 256 + b) * 256 + c) * 256 + d),
				fc.constantFrom(`[::ffff:${a}.${b}.${c}.${d}]`, `[64:ff9b::${a}.${b}.${c}.${d}]`),
			),
		);
		fc.assert(
			fc.property(written, fc.constantFrom('', '.'), fc.constantFrom('', ':8080'), (host, dot, port) => {
				fc.pre(!(host.startsWith('[') && dot));
				expect(objection(`http://${host}${dot}${port}/x`)).toBe('leads to this machine or into a private network');
			}),
		);
	});

	it('has an opinion on every address', () => {
		fc.assert(fc.property(fc.webUrl({ withQueryParameters: true }), (address) => void objection(address)));
		fc.assert(
			fc.property(fc.oneof(fc.ipV6().map((ip) => `http://[${ip}]/`), fc.ipV4Extended().map((ip) => `http://${ip}/`)), (address) => {
				const words = objection(address);
				expect(words === undefined || words === 'leads to this machine or into a private network').toBe(true);
			}),
		);
	});

	it.each(['ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,hello', 'javascript:alert(1)'])('refuses the scheme of %s', (address) => {
		expect(objection(address)).toBe('does not start with http:// or https://');
	});
});
