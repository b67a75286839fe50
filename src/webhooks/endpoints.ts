/** The endpoints of apps: kept by id, changed by compare-and-write (`docs/rules.md` N1). */
import { z } from "zod";
import { freshId, type Environment } from "../gateway/environment.js";
import type { Records } from "../log/records.js";
import { refusalOf as decodingRefusal } from "../protocol/decode.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import { forget } from "./message.js";
import { endpointsOf, logOf } from "./names.js";
import type { Answer, Endpoint } from "./port.js";

/** Endpoints of one app at most. */
const MOST = 100;

/** Which events an endpoint gets: names, or beginnings with a `*` behind them; `*` is all. */
export const eventFilterSchema = z
  .array(z.string().regex(/^(?=.)[a-z-]{0,64}\*?$/, "must be the name of an event, or its beginning and a *"))
  .min(1)
  .max(100);
const givenSchema = z.object({
  url: z.string(),
  events: eventFilterSchema,
  description: z.string().max(512),
  enabled: z.boolean(),
});
const endpointSchema = givenSchema.extend({ id: z.string(), createdAt: z.number() });

/** Whether an event passes a filter. */
export function passes(events: readonly string[], webhookType: string): boolean {
  return events.some((one) =>
    one.endsWith("*") ? webhookType.startsWith(one.slice(0, -1)) : one === webhookType,
  );
}

/** What the endpoints are kept with. */
export interface EndpointsHost {
  readonly records: Records;
  readonly environment: Environment;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly refusalOf: (url: string) => Refusal | null;
}

/** The endpoints of all apps. Methods reject with a fault where the records are away. */
export class Endpoints {
  constructor(private readonly host: EndpointsHost) {}

  /** Oldest first. */
  async list(app: string): Promise<readonly Endpoint[]> {
    const texts = await this.host.records.fields(endpointsOf(app));
    const all = Array.from(texts.values(), decodeEndpoint);
    return all.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  /** One endpoint; null: there is none. */
  async find(app: string, id: string): Promise<Endpoint | null> {
    const text = await this.read(app, id);
    return text === null ? null : decodeEndpoint(text);
  }

  /** Refused where a field is not valid, the address may not be used, or the app has too many. */
  async add(app: string, given: Pick<Endpoint, "url" | "events" | "description">): Promise<Answer<Endpoint>> {
    const { records, environment, now } = this.host;
    const checked = this.check({ ...given, enabled: true });
    if (!checked.ok) return checked;
    if ((await records.fields(endpointsOf(app))).size >= MOST)
      return no(refuse("invalid_parameter", { details: { problem: `an app has ${MOST} webhooks at most` } }));
    const endpoint: Endpoint = { id: freshId(environment), ...checked.value, createdAt: now() };
    await records.write([{ put: endpointsOf(app), field: endpoint.id, text: JSON.stringify(endpoint) }]);
    return { ok: true, value: endpoint };
  }

  /** Changes what is given and leaves the rest. */
  async change(
    app: string,
    id: string,
    part: Partial<Omit<Endpoint, "id" | "createdAt">>,
  ): Promise<Answer<Endpoint>> {
    for (;;) {
      const text = await this.read(app, id);
      if (text === null) return no(refuse("webhook_unknown", { field: "id" }));
      const before = decodeEndpoint(text);
      // An address that was fine once may be refused today; that must not keep anybody from turning the endpoint off.
      const checked = this.check({ ...before, ...part }, part.url !== undefined);
      if (!checked.ok) return checked;
      const after: Endpoint = { ...before, ...checked.value };
      const map = endpointsOf(app);
      const change = { put: map, field: id, text: JSON.stringify(after) };
      if (await this.host.records.write([change], [{ map, field: id, is: text }]))
        return { ok: true, value: after };
    }
  }

  /** Removes an endpoint and its delivery log. Lanes to it are found empty or without an owner, and end by themselves. */
  async remove(app: string, id: string): Promise<Answer<null>> {
    const { records } = this.host;
    if ((await this.read(app, id)) === null) return no(refuse("webhook_unknown", { field: "id" }));
    await records.write([{ drop: endpointsOf(app), field: id }]);
    const log = logOf(app, id);
    const ids = (await records.range(log.index("all"))).map(({ member }) => member);
    // In pieces: other calls must not wait for a long script.
    for (let from = 0; from < ids.length; from += 500)
      await records.write(ids.slice(from, from + 500).flatMap((one) => forget(app, id, one)));
    return { ok: true, value: null };
  }

  private async read(app: string, id: string): Promise<string | null> {
    return (await this.host.records.fields(endpointsOf(app), [id])).get(id) ?? null;
  }

  private check(given: object, withUrl = true): Answer<z.infer<typeof givenSchema>> {
    const parsed = givenSchema.safeParse(given);
    if (!parsed.success) return no(decodingRefusal(parsed.error));
    const refusal = withUrl ? this.host.refusalOf(parsed.data.url) : null;
    return refusal === null ? { ok: true, value: parsed.data } : no(refusal);
  }
}

function decodeEndpoint(text: string): Endpoint {
  return endpointSchema.parse(JSON.parse(text));
}

function no(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
