/** Knock links over HTTP: made by a back end, sent to a host, and opened by whoever has them (`docs/rules.md` L1, L3, L11). */
import { z } from "zod";
import { digest } from "../../gateway/environment.js";
import { LIMITS } from "../../protocol/limits.js";
import type { Reason } from "../../protocol/refusals.js";
import type { Knock, RoomState } from "../../room/state.js";
import type { KnockLink } from "../../tokens/knock-links.js";
import { done, findTarget, refused, type Done } from "./ask-room.js";
import { actingName, commandOf, participantParams } from "./command-members.js";
import { answeredPage, decidedPage, knockPage } from "./knock-pages.js";
import { knockLinkSchema } from "./lobby-shapes.js";
import { no, route, yes, type Call, type Reply, type Route } from "../route.js";
import type { Room, Services } from "./services.js";
import { doneSchema } from "./shapes.js";

const TAG = "Knock links";
const HTML = "text/html; charset=utf-8";

/** The code is in the address: nobody may keep it or pass it on, and no other site may lay its own page over the buttons. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Robots-Tag": "noindex",
  // Without `upgrade-insecure-requests`: where a gateway speaks plain HTTP, its forms have to as well.
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
} as const;

const ANSWERING: readonly Reason[] = [
  "link_invalid",
  "knock_unknown",
  "already_decided",
  "room_full",
  "command_id_reused",
];

const codeParam = z.object({ code: z.string().describe("As the link was made with it") });
const decision = z.enum(["allow", "deny"]);
const { note } = commandOf("deny").shape;
const reasonGiven = note.describe("Told to whoever is denied");

/** The routes of knock links. */
export function knockLinkRoutes(services: Services): Route[] {
  const make = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/lobby/{participantId}/link",
      tag: TAG,
      summary: "Make a link that answers a knock",
      description:
        "For a host who is not in the meeting: send it by mail or message. It answers this knock, once, and no later one of the " +
        "same participant. A knock may have several links; the first answer counts, wherever it comes from.",
      access: "decide",
      asks: z.object({
        params: participantParams,
        body: z.object({
          expiresIn: z
            .number()
            .int()
            .min(1)
            .max(86_400)
            .optional()
            .describe("Seconds; at most, and by default, until the knock expires"),
        }),
      }),
      answer: knockLinkSchema,
      refusals: ["room_unknown", "knock_unknown"],
    },
    async ({ params, body, caller, base }) => {
      const found = await findTarget(services, caller, params.id, params.participantId);
      if (!found.ok) return found;
      const { room, state } = found.value;
      const knock = state.knocks.get(params.participantId);
      if (knock === undefined) return no("knock_unknown", { field: "participantId" });
      const { participantId, since, expiresAt } = knock.view;
      const asked =
        body.expiresIn === undefined ? expiresAt : services.gateway.now() + body.expiresIn * 1_000;
      const exp = Math.min(expiresAt, asked);
      const code = services.knockLinks.make({
        app: caller.app,
        roomId: room.roomId,
        participantId,
        since,
        exp,
      });
      return yes({ url: `${base}/v2/knocks/${code}`, code, expiresAt: exp });
    },
  );

  const look = route(
    {
      method: "get",
      path: "/v2/knocks/{code}",
      tag: TAG,
      summary: "The page of a knock link: who waits, and two buttons",
      description: "Opening it decides nothing, since mail programs open links by themselves.",
      access: "public",
      contentType: HTML,
      headers: HEADERS,
      asks: z.object({ params: codeParam }),
      answer: z.string(),
      refusals: ["link_invalid", "knock_unknown"],
    },
    async ({ params, base }) => {
      const found = await findKnock(services, params.code);
      if (!found.ok) return found;
      const { knock, room, state, link } = found.value;
      if (knock !== null) {
        const action = `${new URL(base).pathname.replace(/\/$/, "")}/v2/knocks/${params.code}/answer`;
        return yes(knockPage(knock, room, action, services.gateway.now()));
      }
      const decided = state.decisions.get(link.participantId);
      return decided === undefined ? no("knock_unknown", { field: "code" }) : yes(decidedPage(decided));
    },
  );

  const press = route(
    {
      method: "post",
      path: "/v2/knocks/{code}/answer",
      tag: TAG,
      summary: "Answer a knock by a button of its page",
      access: "public",
      contentType: HTML,
      headers: HEADERS,
      asks: z.object({
        params: codeParam,
        body: z.object({ decision, note: z.string().max(LIMITS.noteLength).optional() }),
      }),
      answer: z.string(),
      refusals: ANSWERING,
    },
    async (asked) => {
      const { body } = asked;
      const why = body.note?.trim() ?? "";
      const given = { decision: body.decision, note: why === "" ? null : why };
      const answered = await answer(services, asked, given);
      return answered.ok ? yes(answeredPage(answered.value.knock, body.decision === "allow")) : answered;
    },
  );

  const post = route(
    {
      method: "post",
      path: "/v2/knocks/{code}",
      tag: TAG,
      summary: "Answer a knock by its code",
      description:
        "For programs, such as the buttons of a chat. The second answer is told who gave the first.",
      access: "public",
      headers: HEADERS,
      asks: z.object({
        params: codeParam,
        body: z.object({
          decision,
          note: reasonGiven,
          name: actingName.describe("Who answers, as hosts are shown it"),
        }),
      }),
      answer: doneSchema,
      refusals: ANSWERING,
    },
    async (asked) => {
      const answered = await answer(services, asked, asked.body);
      return answered.ok ? yes(answered.value.done) : answered;
    },
  );

  return [make, look, press, post];
}

/** A good link, the room it is for, and its knock; null: that one does not wait any more. */
interface Found {
  readonly link: KnockLink;
  readonly room: Room;
  readonly state: RoomState;
  readonly knock: Knock | null;
}

async function findKnock({ gateway, knockLinks }: Services, code: string): Promise<Reply<Found>> {
  const link = knockLinks.read(code);
  if (link === null) return no("link_invalid", { field: "code" });
  const state = await gateway.findRoom(link.app, link.roomId);
  // A room is forgotten when it was long unused; its knocks are over.
  const room = state?.room ?? null;
  if (state === null || room === null) return no("knock_unknown", { field: "code" });
  const knock = state.knocks.get(link.participantId) ?? null;
  return yes({ link, room, state, knock: knock?.view.since === link.since ? knock : null });
}

interface Given {
  readonly decision: z.infer<typeof decision>;
  readonly note: string | null;
  readonly name?: string | undefined;
}

async function answer(
  services: Services,
  { params, commandId }: Pick<Call, "commandId"> & { readonly params: { readonly code: string } },
  { decision: decided, note: why, name = "knock link" }: Given,
): Promise<Reply<{ readonly done: Done; readonly knock: KnockLink }>> {
  const found = await findKnock(services, params.code);
  if (!found.ok) return found;
  const { app, roomId, participantId, since } = found.value.link;
  const action =
    decided === "allow"
      ? ({ type: "admit", participantId, since } as const)
      : ({ type: "deny", participantId, since, note: why, ban: false } as const);
  const outcome = await services.gateway.command(app, roomId, action, {
    id: idOf(params.code, commandId),
    name,
  });
  if (!outcome.ok) return refused(outcome.refusal);
  const told = await done(services, found.value.link, roomId, outcome);
  return told.ok
    ? yes({ done: told.value, knock: found.value.link })
    : no("knock_unknown", { field: "code" });
}

/** Ids of the app's back ends are theirs alone: whoever has a link must not meet them, so its own are told apart by the code. */
function idOf(code: string, commandId: string | undefined): string | undefined {
  return commandId === undefined ? undefined : `link/${digest(JSON.stringify([code, commandId]))}`;
}
