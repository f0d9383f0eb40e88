/** A part of a process with a life of its own: a store's connections, a relay, a scheduler, a server. */
export interface Component {
  /** For logs and health reports. */
  readonly name: string;
  /** Resolves when the part is usable. Must give up with an error that names the remedy. */
  start(): Promise<void>;
  /** Finishes what is under way and frees everything. Must be callable twice. */
  stop(): Promise<void>;
  /** Resolves when the part works right now; rejects with the reason when it doesn't. Asked by the health endpoint. */
  check?(): Promise<void>;
}
