/**
 * Service accounts: those the emulator knows, and throw-away ones for tests and development. Their keys
 * are real RSA keys, so a worker signs and the emulator verifies as with Google.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** What the emulator knows of an account: the option `vertex.serviceAccounts`. */
export interface KnownServiceAccount {
  readonly clientEmail: string;
  /** PEM, of the key that signs. */
  readonly publicKey: string;
  /** Google Cloud projects whose models it may call. */
  readonly projects: string[];
}

/** The JSON that Google Cloud hands out for a service account. */
export interface ServiceAccountFile {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly token_uri: string;
}

export interface ThrowAwayServiceAccount {
  readonly known: KnownServiceAccount;
  /** The key file of a worker that gets its tokens from this emulator. */
  keyFile(emulatorUrl: string): ServiceAccountFile;
}

const BITS = 2_048;

/**
 * A new key pair, worth nothing outside the emulator it is told to.
 *
 * @example
 * const account = throwAwayServiceAccount('my-project');
 * const emulator = await startEmulator({ vertex: { serviceAccounts: [account.known] } });
 * const credentials = account.keyFile(emulator.url);
 */
export function throwAwayServiceAccount(
  project: string,
  name = 'gemini-images-emulated',
): ThrowAwayServiceAccount {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const clientEmail = `${name}@${project}.iam.gserviceaccount.com`;
  const keyId = randomBytes(20).toString('hex');
  return {
    known: { clientEmail, publicKey, projects: [project] },
    keyFile: (emulatorUrl) => ({
      type: 'service_account',
      project_id: project,
      private_key_id: keyId,
      private_key: privateKey,
      client_email: clientEmail,
      token_uri: `${emulatorUrl}/token`,
    }),
  };
}
