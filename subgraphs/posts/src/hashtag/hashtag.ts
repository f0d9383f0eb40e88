/** A hashtag, used or not. */
export interface Hashtag {
  readonly tag: string;
  /** Public posts that have it. */
  readonly count: number;
}

/** A hashtag in the list of what trends. */
export interface TrendingHashtag extends Hashtag {
  readonly id: string;
  readonly trendScore: number;
}
