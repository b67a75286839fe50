/** The public entry `admitone/client`: the door, the lobby and the room for browsers and Node. Media is `admitone/client/media`. */
export { MeetingClient } from "./meeting-client.js";
