/** Folders whose files are keys or tokens by nature. */
const SECRET_FOLDERS: ReadonlySet<string> = new Set([
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.gcloud',
]);

const SECRET_NAMES: ReadonlySet<string> = new Set([
  '.envrc',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.pypirc',
  '.netrc',
  '_netrc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.git-credentials',
  '.dockercfg',
  '.s3cfg',
  '.boto',
  '.vault-token',
  '.terraformrc',
  'credentials',
  'kubeconfig',
]);

const SECRET_PATTERNS: readonly RegExp[] = [
  /^\.env(?:\..*)?$/,
  /\.env$/,
  /\.(?:pem|key|p12|pfx|p8|jks|keystore|kdbx?|ppk|gpg|pgp|ovpn|tfstate|tfvars)$/,
  /\.tfstate\.backup$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)/,
  /^(?:credentials?|secrets?|client_secrets?|service[-_]?account.*)\.(?:json|ya?ml|toml|ini|csv|xml|txt|properties|db)$/,
];

/**
 * Whether a file is one that holds secrets by its name: `.env`, keys, credentials (SPEC §12). Such a file is never read.
 * Case does not matter, nor what Windows ignores at the end of a name (dots, spaces, `:stream`).
 */
export function isSecretFile(path: string): boolean {
  const segments = path
    .toLowerCase()
    .split('/')
    .map((segment) => segment.replace(/:.*$/, '').replace(/[. ]+$/, ''));
  const name = segments.pop() ?? '';
  if (name === 'config.json' && segments.at(-1) === '.docker') return true;
  if (segments.some((folder) => SECRET_FOLDERS.has(folder))) return true;
  return SECRET_NAMES.has(name) || SECRET_PATTERNS.some((pattern) => pattern.test(name));
}
