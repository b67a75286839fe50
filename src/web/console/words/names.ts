/** How people are called. */

/** The name of somebody; without one, their id. */
export function shownName(person: { readonly name: string; readonly participantId: string }): string {
  return person.name === "" ? person.participantId : person.name;
}
