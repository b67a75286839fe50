/**
 * The public entry `admitone/server`, for somebody else's back end: making tokens, checking them, calling the gateway, hearing from it
 * (`docs/server-kit.md`).
 */
export { grantOf, requireToken } from "../http/require-token.js";
export type { RequireTokenOptions, TokenErrorBody } from "../http/require-token.js";
export type {
  App,
  AppInfo,
  AppKey,
  AppKeys,
  AppSecret,
  ClaimMapping,
  Issuer,
  IssuerAlgorithm,
  SigningKey,
  SigningSecret,
} from "../tokens/app.js";
export { decodeApps } from "../tokens/apps.js";
export type { Credentials } from "../tokens/apps.js";
export { createIssuerKeys } from "../tokens/issuer-keys.js";
export type { IssuerKeys, IssuerKeysOptions } from "../tokens/issuer-keys.js";
export type { JwksTiming } from "../tokens/jwks-source.js";
export { createAppKeys } from "../tokens/key-ring.js";
export type { Bearer, Standing, StandingReason } from "../tokens/standing.js";
export { createVerifier } from "../tokens/verify.js";
export type { Door, TokenVerifier, Verdict, VerifierOptions } from "../tokens/verify.js";
export type { TokenReason, TokenRefusal } from "../tokens/token-refusal.js";
export type {
  ExpiryPolicy,
  Grant,
  Permission,
  Role,
  SessionScope,
  TokenKind,
  TokenMark,
} from "../room/grant.js";

export { createTokenBuilder, TokenOptionsError } from "./token-builder.js";
export type {
  BackEndOptions,
  PersonOptions,
  TokenBuilder,
  TokenBuilderOptions,
  TokenOptions,
  TokenPermissions,
} from "./token-builder.js";

export { createRestClient } from "./rest-client.js";
export type { RestClient, RestClientOptions } from "./rest-client.js";
export { RestError } from "./rest-error.js";
export type { LocalCode, RestFailure } from "./rest-error.js";
export type { CallOptions } from "./caller.js";
export type { Listing, Page } from "./listing.js";
export type { Followed, FollowOptions } from "./follow.js";
export type { FetchAnswer, FetchLike, StartTimer } from "./surroundings.js";
export type { ListOptions, RoomsApi, SessionsApi } from "./rest-rooms.js";
export type {
  BansApi,
  EventsApi,
  LobbyApi,
  MessagesApi,
  ModerationApi,
  RightsChange,
  ToWhom,
} from "./rest-inside.js";
export type { ConferencesApi, RevocationsApi, TokensApi } from "./rest-tokens.js";
export type { WebhooksApi } from "./rest-webhooks.js";
export type {
  Attendance,
  Ban,
  Conference,
  ConferenceParticipant,
  DeactivatedRoom,
  Delivery,
  Done,
  ExplainedToken,
  IntrospectedToken,
  IssuedToken,
  KnockLink,
  LiveRoom,
  Lobby,
  Revocation,
  Room,
  RoomEvent,
  RoomEvents,
  Session,
  SessionInside,
  Webhook,
} from "./answers.js";
export type * from "./bodies.js";
export type { ActorView, ConferencePermission, KnockView, ParticipantView } from "../protocol/events.js";
export type { Reason } from "../protocol/refusals.js";

export { createWebhookVerifier, WebhookError } from "./webhook-verifier.js";
export type {
  WebhookHeaders,
  WebhookReason,
  WebhookVerifier,
  WebhookVerifierOptions,
} from "./webhook-verifier.js";
export { createSeenMessages, webhookReceiver } from "./webhook-receiver.js";
export type {
  KnockAnswer,
  KnockQuestion,
  ReceivedRequest,
  SeenMessages,
  WebhookReceiver,
  WebhookReceiverOptions,
} from "./webhook-receiver.js";
export type { KnownMessage, UnknownMessage, WebhookMessage, WebhookMessageOf } from "./webhook-messages.js";
