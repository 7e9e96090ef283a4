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
		'http://[fc00::1]/',
		'http://[fdab::1]/',
		'http://[fe80::1]/',
		'http://[ff02::1]/',
	])('refuses %s', (address) => {
		expect(objection(address)).toBe('leads to this machine or into a private network');
	});

	it.each(['ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,hello', 'javascript:alert(1)'])('refuses the scheme of %s', (address) => {
		expect(objection(address)).toBe('does not start with http:// or https://');
	});
});
