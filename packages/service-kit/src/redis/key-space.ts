/** Makes the names of Redis keys and channels below one namespace, so that several graphs can share a server. */
export interface KeySpace {
  /** `pb:nonce:abc`: a key that stands alone. */
  key(...parts: readonly string[]): string;
  /**
   * `pb:{events:auth}:dead`: keys with the same tag live on the same node of a Redis Cluster, so one script or
   * transaction may use them together.
   */
  tagged(tag: string, ...parts: readonly string[]): string;
}

/** The key space of a namespace (`redisNamespace` in the configuration, `pb` by default). */
export const withNamespace = (namespace: string): KeySpace => ({
  key: (...parts) => [namespace, ...parts].join(':'),
  tagged: (tag, ...parts) => [namespace, `{${tag}}`, ...parts].join(':'),
});
