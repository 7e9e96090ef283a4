// Gives each test the time that its project has in jest.config.js.

jest.setTimeout((globalThis as unknown as { secondsPerTest: number }).secondsPerTest * 1000);
