import { vitestConfig } from '../vitest.shared.ts';

export default vitestConfig({ stores: true, globalSetup: './tests/global-setup.ts' });
