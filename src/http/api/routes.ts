/** Every route of the REST API, in the order in which they are tried: a fixed path before one with a parameter in its place. */
import { adminRoutes } from "./admin-apps.js";
import { adminGatewayRoutes } from "./admin-gateway.js";
import { adminTokenRoutes } from "./admin-tokens.js";
import { admissionRoutes } from "./admissions.js";
import { banRoutes } from "./bans-and-rights.js";
import { conferenceRoutes } from "./conferences.js";
import { consoleRoutes } from "./console.js";
import { eventRoutes } from "./events.js";
import { explainRoutes } from "./explain.js";
import { knockLinkRoutes } from "./knock-links.js";
import { liveRoutes } from "./live.js";
import { lobbyRoutes } from "./lobby.js";
import { moderationRoutes } from "./moderation.js";
import { participantRoutes } from "./participants.js";
import { publicKeyRoutes } from "./public-key.js";
import { roomRoutes } from "./rooms.js";
import { revocationRoutes } from "./revocations.js";
import type { Route } from "../route.js";
import { sessionRoutes } from "./sessions.js";
import { tokenEndpointRoutes } from "./token-endpoints.js";
import { webhookRoutes } from "./webhooks.js";
import type { Services } from "./services.js";

/** Builds the routes. */
export function apiRoutes(services: Services): Route[] {
  return [
    ...roomRoutes(services),
    ...sessionRoutes(services),
    ...participantRoutes(services),
    ...knockLinkRoutes(services),
    ...webhookRoutes(services),
    ...publicKeyRoutes(services),
    ...lobbyRoutes(services),
    ...moderationRoutes(services),
    ...banRoutes(services),
    ...liveRoutes(services),
    ...eventRoutes(services),
    ...explainRoutes(services),
    ...admissionRoutes(services),
    ...revocationRoutes(services),
    ...tokenEndpointRoutes(services),
    ...conferenceRoutes(services),
    ...adminRoutes(services),
    ...adminTokenRoutes(services),
    ...adminGatewayRoutes(services),
    ...consoleRoutes(services),
  ];
}
