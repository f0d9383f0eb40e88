import {
  createSampleClock,
  createSamplePlatform,
  inParallel,
  type Sample,
  type SampleClock,
  type SampleComment,
  type SamplePost,
  sampleDocumentId,
  sampleUserId,
} from '@postbook/sample-data';
import type { Outcome } from '@postbook/service-kit';
import type { PostsConfig } from '../config.ts';
import type { PostsServices } from '../context.ts';
import { createPostsDatabase } from '../database/posts-database-repository.ts';
import { createViewerScope } from '../people/viewer-scope.ts';
import { createServices } from '../services.ts';

/** Posts filled at a time, each with all that hangs on it. */
const AT_ONCE = 8;

/** What was refused spoils the sample. */
function accept<Value>({ value, errors: [mistake] }: Outcome<Value>): Value {
  if (value !== null) return value;
  throw new Error(`the sample was refused: ${mistake?.message}`);
}

/** Fills one post. Requests have ids, so that what is there already is found and not made again. */
function createFiller(services: PostsServices, sample: Sample, clock: SampleClock) {
  const { comments, people, posts, reactions, votes } = services;
  // What is between people doesn't change while posts are filled, so that everybody is looked up once.
  const actors = sample.people.map(({ index }) => {
    const userId = sampleUserId(index);
    return { userId, scope: createViewerScope(userId, people) };
  });
  const actor = (index: number) => {
    const found = actors[index];
    if (!found) throw new Error(`the sample has no person ${index}`);
    return found;
  };
  const at = <Value>(minutesAgo: number, work: () => Promise<Outcome<Value>>) =>
    clock.at(sample.minutesAgo(minutesAgo), async () => accept(await work()));

  async function publish({ author, minutesAgo, picture, poll, text, visibility }: SamplePost, key: string) {
    const { post } = await at(minutesAgo, () =>
      posts.create(sampleUserId(author), {
        content: text,
        visibility,
        ...(picture ? { mediaIds: [sampleDocumentId(picture)] } : {}),
        ...(poll ? { poll: { question: poll.question, options: poll.options } } : {}),
        clientMutationId: key,
      }),
    );
    return post;
  }

  async function comment(postId: string, post: SamplePost, said: SampleComment, key: string) {
    const write = async (index: number, minutesAgo: number, content: string, name: string, parentId?: string) => {
      const { scope, userId } = actor(index);
      const input = { postId, content, clientMutationId: name, ...(parentId ? { parentId } : {}) };
      return at(minutesAgo, () => comments.add(scope, userId, input));
    };
    const { comment: parent } = await write(said.author, said.minutesAgo, said.text, key);
    const { reply } = said;
    if (reply) await write(post.author, reply.minutesAgo, reply.text, `${key}-reply`, parent.id);
  }

  return async (post: SamplePost, key: string): Promise<void> => {
    const { id, poll } = await publish(post, key);
    // Those of one kind at once: the service stores them together.
    await Promise.all(post.comments.map((said, index) => comment(id, post, said, `${key}-comment-${index}`)));
    await Promise.all(
      post.reactions.map(([person, kind]) => {
        const { scope, userId } = actor(person);
        return at(post.minutesAgo - 1, () => reactions.react(scope, userId, { type: 'Post', id }, kind));
      }),
    );
    for (const [person, option] of post.poll?.votes ?? []) {
      const { scope, userId } = actor(person);
      const choice = poll?.options[option]?.id ?? '';
      await at(post.minutesAgo - 1, () => votes.vote(scope, userId, id, [choice]));
    }
  };
}

/** Fills the posts of the sample, about the oldest first. */
export async function fillPosts(config: PostsConfig, sample: Sample): Promise<void> {
  const platform = createSamplePlatform('posts-sample', config);
  const database = createPostsDatabase(config, platform.log);
  const clock = createSampleClock();
  const { people, services } = createServices({ config, platform, database, now: clock.now });
  await database.start();
  // Who may comment on what is decided by copies whose events may still be under way.
  await people.reconciler.run({ signal: AbortSignal.timeout(60_000), log: platform.log });
  const fill = createFiller(services, sample, clock);
  let done = 0;
  await inParallel(sample.posts, AT_ONCE, async (post, index) => {
    await fill(post, `sample-${sample.people.length}-post-${index}`);
    done += 1;
    sample.progress(done, sample.posts.length);
  });
  await database.stop();
}
