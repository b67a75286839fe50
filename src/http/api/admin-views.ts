/** What the routes of the admin have in common: what they say of themselves, how an app is shown, and which field is at fault. */
import type { z } from "zod";
import type { Answer, AppView, NewSecret } from "../../access/port.js";
import type { Reason } from "../../protocol/refusals.js";
import { yes, type Reply, type RouteSpec } from "../route.js";
import type { appSchema, newSecretSchema } from "./admin-shapes.js";
import type { Services } from "./services.js";
import { isoTimeOrNull } from "./times.js";

/** Answers of the admin are for nobody else, so nobody on the way keeps them (RFC 6749 section 5.1). */
export const NO_STORE = { "cache-control": "no-store" } as const;

/** A spec of a route of the admin. */
export function adminSpec<I extends object, A>(
  told: Omit<RouteSpec<I, A>, "tag" | "access" | "headers">,
): RouteSpec<I, A> {
  return { ...told, tag: "Apps and keys", access: "admin", headers: NO_STORE };
}

/**
 * A handler that knows all that was stored when it is called: another node may have changed it a moment ago. Rejects with a fault.
 */
export function upToDate<I, A>(
  { access }: Pick<Services, "access">,
  handler: (asked: I) => Promise<Reply<A>> | Reply<A>,
): (asked: I) => Promise<Reply<A>> {
  return async (asked) => {
    await access.refresh();
    return handler(asked);
  };
}

/** The member of a request that each refusal is about. */
export type Fields = Readonly<Partial<Record<Reason, string>>>;

const IN_PATH: Fields = { app_unknown: "app", app_fixed: "app", api_key_unknown: "apiKey" };

/** What `Access` answered, for the caller: a refusal that names no field is about the one in `fields`, or in the path. */
export function answered<T, U>(answer: Answer<T>, show: (value: T) => U, fields: Fields = {}): Reply<U> {
  if (answer.ok) return yes(show(answer.value));
  const { refusal } = answer;
  const field = refusal.field ?? fields[refusal.reason] ?? IN_PATH[refusal.reason];
  return { ok: false, refusal: field === undefined ? refusal : { ...refusal, field } };
}

/** An app as answers show it. */
export function appBody(view: AppView): z.infer<typeof appSchema> {
  const { issuers, keys, createdAt, ...rest } = view;
  return {
    id: rest.id,
    name: rest.name,
    source: rest.source,
    createdAt: isoTimeOrNull(createdAt),
    openRooms: rest.openRooms,
    allowNoExpiry: rest.allowNoExpiry,
    expiryPolicy: rest.expiryPolicy,
    clientExpiryPolicy: rest.clientExpiryPolicy,
    maxTokenSeconds: rest.maxTokenSeconds,
    protectedConferences: rest.protectedConferences,
    issuers: issuers.map(({ issuer, audience, algorithms, jwksUrl, keys: publicKeys, claims }) => ({
      issuer,
      audience,
      algorithms: [...algorithms],
      jwksUrl,
      keys: [...publicKeys],
      claims: { ...claims, permissions: permissionsBody(claims.permissions) },
    })),
    keys: keys.map(({ apiKey, active, createdAt: madeAt, secrets }) => ({
      apiKey,
      active,
      createdAt: isoTimeOrNull(madeAt),
      // Member by member: whatever else a view may hold one day, a secret does not slip through here.
      secrets: secrets.map((secret) => ({
        id: secret.id,
        status: secret.status,
        createdAt: isoTimeOrNull(secret.createdAt),
        retiresAt: isoTimeOrNull(secret.retiresAt),
      })),
    })),
  };
}

/** A secret that was just made, as the one answer shows it that has it. */
export function newSecretBody({ apiKey, secretId, secret }: NewSecret): z.infer<typeof newSecretSchema> {
  return { apiKey, secretId, secret };
}

function permissionsBody({
  claim,
  values,
  otherwise,
}: AppView["issuers"][number]["claims"]["permissions"]): z.infer<
  typeof appSchema
>["issuers"][number]["claims"]["permissions"] {
  return {
    claim,
    values: Object.fromEntries(Object.entries(values).map(([value, rights]) => [value, [...rights]])),
    otherwise: [...otherwise],
  };
}
