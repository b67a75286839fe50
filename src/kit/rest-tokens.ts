/** Tokens, revocations and conferences over REST. */
import type { ConferencePermission } from "../protocol/events.js";
import type {
  Conference,
  ConferenceParticipant,
  ExplainedToken,
  IntrospectedToken,
  IssuedToken,
  Revocation,
} from "./answers.js";
import type {
  ConferenceMessage,
  Invitee,
  NewClientToken,
  NewConference,
  NewRevocation,
  People,
  TokenQuestion,
} from "./bodies.js";
import type { Call, CallOptions } from "./caller.js";
import { listingOf, type Listing } from "./listing.js";
import { OPERATIONS } from "./operations.js";
import { PER_PAGE, type ListOptions } from "./rest-rooms.js";

/** Tokens: made by the gateway, taken back, looked at. */
export class TokensApi {
  constructor(private readonly call: Call) {}

  /** A client access token. Rejects with `token_too_large` where the external id is too long. */
  client(
    { externalId, sessionScope = [], expiresIn }: NewClientToken = {},
    options?: CallOptions,
  ): Promise<IssuedToken> {
    const body = { externalId, expiresIn, sessionScope: sessionScope.join(" ") };
    return this.call(OPERATIONS.makeClientToken, { body }, options);
  }

  /** Takes a token back; whoever stands on it is out within a second. One that does not count anyhow is a success. */
  async revoke(token: string, options?: CallOptions): Promise<void> {
    await this.call(OPERATIONS.revokeToken, { form: { token } }, options);
  }

  /** What a token is, if it counts. */
  introspect(token: string, options?: CallOptions): Promise<IntrospectedToken> {
    return this.call(OPERATIONS.introspectToken, { form: { token } }, options);
  }

  /** What a token would do at a door, without doing it. */
  explain(question: TokenQuestion, options?: CallOptions): Promise<ExplainedToken> {
    return this.call(OPERATIONS.explainToken, { body: question }, options);
  }
}

/** Revocations of the app. */
export class RevocationsApi {
  constructor(private readonly call: Call) {}

  /** Newest first. */
  list({ perPage = PER_PAGE, signal }: ListOptions = {}): Listing<Revocation> {
    return listingOf((page) =>
      this.call(OPERATIONS.listRevocations, { query: { page, perPage } }, { signal }),
    );
  }

  /** Whoever came in with what is revoked is out within a second. The same thing revoked twice is one revocation. */
  create(revocation: NewRevocation, options?: CallOptions): Promise<Revocation> {
    return this.call(OPERATIONS.revoke, { body: revocation }, options);
  }

  async lift(id: string, options?: CallOptions): Promise<void> {
    await this.call(OPERATIONS.liftRevocation, { params: { id } }, options);
  }
}

/** Conferences, by id or alias. Tokens in answers are conference access tokens by external id. */
export class ConferencesApi {
  constructor(private readonly call: Call) {}

  /** With the alias of one that goes on, answers with that one, and invites `participants` into it. */
  create(conference: NewConference = {}, options?: CallOptions): Promise<Conference> {
    return this.call(OPERATIONS.createConference, { body: conference }, options);
  }

  /** Whoever is inside stays as they are and gets no token. */
  invite(
    id: string,
    participants: People<Invitee>,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, string>>> {
    return this.call(OPERATIONS.invite, { params: { id }, body: { participants } }, options);
  }

  /** From now on, and at once for those inside. */
  setPermissions(
    id: string,
    participants: People<
      { readonly permissions: readonly ConferencePermission[] } & Omit<Invitee, "permissions">
    >,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, string>>> {
    return this.call(
      OPERATIONS.changeConferencePermissions,
      { params: { id }, body: { participants } },
      options,
    );
  }

  /** They do not come back until they are invited again. */
  async kick(id: string, externalIds: readonly string[], options?: CallOptions): Promise<void> {
    await this.call(OPERATIONS.kick, { params: { id }, body: { externalIds } }, options);
  }

  /** On the topic `conference`; not kept for those who come later. */
  async message(id: string, message: ConferenceMessage, options?: CallOptions): Promise<void> {
    await this.call(OPERATIONS.sendMessage, { params: { id }, body: message }, options);
  }

  async participants(id: string, options?: CallOptions): Promise<readonly ConferenceParticipant[]> {
    return (await this.call(OPERATIONS.listConference, { params: { id } }, options)).participants;
  }

  /** For good, for all inside. */
  async end(id: string, options?: CallOptions): Promise<void> {
    await this.call(OPERATIONS.endConference, { params: { id } }, options);
  }
}
