/** Sessions that go on or are over, and who attended them. */
import { pathOf, type Ask } from "./client.js";
import { readPage, type PageOf } from "./paging.js";
import type { Reader } from "./reader.js";

/** From when to when, epoch milliseconds; `end` null: it goes on. */
export interface Span {
  readonly start: number;
  readonly end: number | null;
}

/** Somebody who attended, with each of their stays. */
export interface Attendance {
  readonly participantId: string;
  readonly name: string;
  readonly stays: readonly Span[];
}

/** A session. */
export interface Session extends Span {
  readonly id: string;
  readonly roomId: string;
  readonly customRoomId: string | null;
  readonly status: "ongoing" | "ended";
  readonly participants: readonly Attendance[];
}

/** What to look for. Empty members do not count; dates are epoch milliseconds. */
export interface SessionFilter {
  readonly roomId: string;
  readonly userId: string;
  readonly status: "" | "ongoing" | "ended";
  readonly startDate: number | null;
  readonly endDate: number | null;
}

/** Sessions of an app, newest first. */
export function listSessions(app: string, page: number, filter: SessionFilter): Ask<PageOf<Session>> {
  const { roomId, userId, status, startDate, endDate } = filter;
  return {
    method: "GET",
    path: "/v2/sessions",
    query: { page, perPage: 20, roomId, userId, status, startDate, endDate },
    app,
    read: readPage(readSession),
  };
}

/** A session, with the beginning of its list of people. */
export function getSession(app: string, sessionId: string): Ask<Session> {
  return { method: "GET", path: pathOf`/v2/sessions/${sessionId}`, app, read: readSession };
}

/** A page of those who attended, in the order of their first joining. */
export function listAttendance(app: string, sessionId: string, page: number): Ask<PageOf<Attendance>> {
  return {
    method: "GET",
    path: pathOf`/v2/sessions/${sessionId}/participants`,
    query: { page, perPage: 50 },
    app,
    read: (answer) => {
      const info = answer.inside("pageInfo");
      return {
        items: answer.inside("data").list("participants", readAttendance),
        page: info.number("currentPage"),
        lastPage: Math.max(1, info.number("lastPage")),
        total: info.number("total"),
      };
    },
  };
}

/** Reads a session. */
export function readSession(session: Reader): Session {
  return {
    id: session.text("id"),
    roomId: session.text("roomId"),
    customRoomId: session.textOrNull("customRoomId"),
    start: session.instant("start"),
    end: session.instantOrNull("end"),
    status: session.oneOf("status", ["ongoing", "ended"]),
    participants: session.list("participants", readAttendance),
  };
}

function readAttendance(person: Reader): Attendance {
  return {
    participantId: person.text("participantId"),
    name: person.text("name"),
    stays: person.list("timelog", (stay) => ({
      start: stay.instant("start"),
      end: stay.instantOrNull("end"),
    })),
  };
}
