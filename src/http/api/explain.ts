/** A dry run of a token: what it says, and what would become of it at a door, without any of it happening. */
import { z } from "zod";
import { shortIdFrom } from "../../gateway/environment.js";
import { REFUSALS, refuse, type Refusal } from "../../protocol/refusals.js";
import type { Grant } from "../../room/grant.js";
import { hostPresent } from "../../room/state.js";
import type { Caller } from "../caller.js";
import {
  HELD,
  ruleOfEntering,
  ruleOfKnocking,
  ruleOfRefusal,
  ruleOfStep,
  type Fired,
} from "./explain-rules.js";
import { explainBody, explainedSchema, type outcomeSchema } from "./explain-shapes.js";
import { route, yes, type Reply, type Route } from "../route.js";
import { adminSpec } from "./admin-views.js";
import type { Services } from "./services.js";

/** What a door makes of a token. */
interface Judgement {
  readonly outcome: z.infer<typeof outcomeSchema>;
  readonly rule: Fired;
  readonly sentence: string;
  readonly refusal: Refusal | null;
}

/** The routes of explained tokens. */
export function explainRoutes(services: Services): Route[] {
  const explain = route(
    {
      method: "post",
      path: "/v2/tokens/explain",
      tag: "Tokens",
      summary: "Say what a token would do, without doing it",
      description:
        "Which key made it, each claim in words, and what would become of it now: at the meeting door with the room's own " +
        "decision. Nothing is written and nobody is told. Keys of other apps are not known here. A custom room id is no room " +
        "id, here as at the door.",
      access: "moderate",
      asks: z.object({ body: explainBody }),
      answer: explainedSchema,
      refusals: ["participant_mismatch"],
    },
    ({ body, caller }) => explained(services, caller.app, body, (about) => outsideOf(caller, about)),
  );

  const explainAny = route(
    {
      ...adminSpec({
        method: "post",
        path: "/v2/admin/tokens/explain",
        summary: "Say what a token of any app would do, without doing it",
        description: "As `/v2/tokens/explain`, for the operator: whose token it is, its key tells.",
        asks: z.object({ body: explainBody }),
        answer: explainedSchema,
      }),
      tag: "Tokens",
    },
    ({ body }) => explained(services, null, body, () => null),
  );
  return [explain, explainAny];
}

/** Whom and what an explanation is about. */
interface About {
  readonly roomId: string | null;
  readonly askedId: string | undefined;
  readonly participantId: string | null;
  readonly grant: Grant | null;
}

/** Explains a token as this app sees it; null: as the admin does. `outside`: why whoever asks does not reach it. */
async function explained(
  services: Services,
  app: string | null,
  body: z.infer<typeof explainBody>,
  outside: (about: About) => Refusal | null,
): Promise<Reply<z.infer<typeof explainedSchema>>> {
  const { token, door, roomId: askedRoom, participantId: askedId } = body;
  const asked = { door, roomId: askedRoom, participantId: askedId };
  const explanation = await services.tokens.explain(app, token, asked);
  const { grant, key, header, claims, step } = explanation;
  const roomId = askedRoom ?? grant?.roomId ?? null;
  const participantId = grant?.participantId ?? askedId ?? null;
  const objection = outside({ roomId, askedId, participantId, grant });
  if (objection !== null) return { ok: false, refusal: objection };
  const judged: Judgement =
    grant === null || door === "rest"
      ? {
          outcome: grant === null ? "refuse" : "enter",
          rule: ruleOfStep(step),
          sentence: explanation.sentence,
          refusal: explanation.refusal,
        }
      : await rehearse(services, grant, roomId, participantId);
  const { refusal, outcome, rule, sentence } = judged;
  return yes({
    door,
    outcome,
    sentence,
    rule: { ...rule },
    key: { ...key },
    header: header === null ? null : { ...header },
    claims: claims.map((claim) => ({ ...claim })),
    roomId,
    participantId,
    refusal: refusal === null ? null : refusalBody(refusal),
  });
}

/** A token that is for one room or one participant asks about nobody else, neither by the body nor by the token it shows. */
function outsideOf(caller: Caller, about: About): Refusal | null {
  const { roomId, askedId, participantId, grant } = about;
  const outside = caller.outside(roomId, participantId) ?? caller.outside(null, askedId ?? null);
  if (outside !== null) return outside;
  // An id made at the door is somebody else's.
  const isSomebodyElse = caller.onlyParticipant !== null && grant !== null && participantId === null;
  return isSomebodyElse ? refuse("participant_mismatch", { field: "participantId" }) : null;
}

async function rehearse(
  { gateway, tokens }: Services,
  grant: Grant,
  roomId: string | null,
  asked: string | null,
): Promise<Judgement> {
  if (roomId === null) {
    return refused(
      refuse("invalid_parameter", {
        field: "roomId",
        details: { problem: "is needed: the token names none" },
      }),
    );
  }
  const { app } = grant;
  // Too short for the id of a join, so that nobody's made id is met by it.
  const participantId = asked ?? shortIdFrom(`${grant.fingerprint}/dry run`);
  const mayOpen = tokens.opensRooms(app) && grant.roomId === roomId;
  const before = await gateway.peek(app, roomId);
  const { outcome, state } = await gateway.rehearse(app, roomId, { participantId, grant, mayOpen });
  if (!outcome.ok) return refused(outcome.refusal);
  if (outcome.result["state"] === "joined") {
    const rule = ruleOfEntering(before, participantId, grant);
    return { outcome: "enter", rule, sentence: `enters at once: ${rule.sentence}`, refusal: null };
  }
  const rule = ruleOfKnocking(before, participantId, grant);
  return hostPresent(state)
    ? { outcome: "knock", rule, sentence: `knocks and waits for a host: ${rule.sentence}`, refusal: null }
    : { outcome: "hold", rule: HELD, sentence: `${rule.sentence}; ${HELD.sentence}`, refusal: null };
}

function refused(refusal: Refusal): Judgement {
  const rule = ruleOfRefusal(refusal.reason);
  return { outcome: "refuse", rule, sentence: `is refused: ${rule.sentence}`, refusal };
}

function refusalBody({ reason, field, details }: Refusal) {
  const { code, message } = REFUSALS[reason];
  return {
    code: reason,
    number: code,
    error: message,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details: { ...details } }),
  };
}
