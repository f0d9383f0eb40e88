/** A required input under arguments of its own, and the name it has in plans. */
export interface Requirement {
  readonly field: string;
  /** As written in the `@requires`; empty when none are given. */
  readonly arguments: string;
}

/** A supergraph made fit for the planner. */
export interface MendedSupergraph {
  readonly sdl: string;
  readonly isChanged: boolean;
  /** By the name of the field that stands for it in plans. */
  readonly requirements: ReadonlyMap<string, Requirement>;
}

/** Mends what Apollo's planner gets wrong. */
export function mendSupergraph(sdl: string): MendedSupergraph {
  return { sdl, isChanged: false, requirements: new Map() };
}
