/** The apps that the environment sets up: one by its variables, several by a file, or the development app. */
import type { App } from "./tokens/app.js";
import { appWith, decodeApps, MIN_SECRET_BYTES } from "./tokens/apps.js";
import type { Values } from "./variables.js";

/** The development app: known to everybody, so it serves loopback only. */
export const DEVELOPMENT_APP: App = appWith({
  id: "development",
  name: "Development",
  keys: [
    {
      apiKey: "development",
      active: true,
      secrets: [{ id: "1", secret: "development-only-never-off-loopback", retiresAt: null }],
    },
  ],
});

/** Whether an app signs with the secret that everybody knows. */
export function hasKnownSecret({ keys }: App): boolean {
  const known = DEVELOPMENT_APP.keys[0]?.secrets[0]?.secret;
  return keys.some(({ secrets }) => secrets.some(({ secret }) => secret === known));
}

/** The apps that are named; none where nothing names one. What is wrong is added to `problems`, and never repeats a secret. */
export function readApps(
  values: Values,
  readFile: (path: string) => string,
  problems: string[],
): readonly App[] {
  const { ADMITONE_API_KEY: apiKey, ADMITONE_API_SECRET: secret, ADMITONE_APPS_FILE: file } = values;
  if (file !== null) {
    if (apiKey !== null || secret !== null)
      problems.push(
        "ADMITONE_APPS_FILE stands instead of ADMITONE_API_KEY and ADMITONE_API_SECRET: set one or the other",
      );
    return readAppsFile(file, readFile, problems);
  }
  if (apiKey === null && secret === null) return [];
  if (apiKey === null) problems.push("ADMITONE_API_KEY is missing beside ADMITONE_API_SECRET");
  if (secret === null) problems.push("ADMITONE_API_SECRET is missing beside ADMITONE_API_KEY");
  else if (Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    problems.push(`ADMITONE_API_SECRET must be at least ${MIN_SECRET_BYTES} bytes`);
  if (apiKey === null || secret === null || problems.length > 0) return [];
  const decoded = decodeApps([
    {
      id: "default",
      openRooms: values.ADMITONE_OPEN_ROOMS,
      allowNoExpiry: values.ADMITONE_ALLOW_NO_EXPIRY,
      expiryPolicy: values.ADMITONE_TOKEN_EXPIRY,
      clientExpiryPolicy: values.ADMITONE_CLIENT_TOKEN_EXPIRY,
      maxTokenSeconds: values.ADMITONE_MAX_TOKEN_SECONDS,
      protectedConferences: values.ADMITONE_PROTECTED_CONFERENCES,
      keys: [{ apiKey, secret }],
    },
  ]);
  if (decoded.ok) return decoded.apps;
  problems.push(...decoded.problems.map((problem) => `ADMITONE_API_KEY: ${problem}`));
  return [];
}

function readAppsFile(file: string, readFile: (path: string) => string, problems: string[]): readonly App[] {
  let input: unknown;
  try {
    input = JSON.parse(readFile(file));
  } catch (error) {
    // The text of a JSON error may hold a piece of the file, and so of a secret.
    const why = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    problems.push(`ADMITONE_APPS_FILE ${why}`);
    return [];
  }
  const decoded = decodeApps(input);
  if (decoded.ok && decoded.apps.length > 0) return decoded.apps;
  problems.push(
    ...(decoded.ok ? ["names no app"] : decoded.problems).map((problem) => `ADMITONE_APPS_FILE: ${problem}`),
  );
  return [];
}
