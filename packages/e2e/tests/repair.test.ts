import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually, type MailServer, startMailServer } from '@postbook/testkit';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { befriend, newPerson, type Person } from './support/people.ts';
import { publish } from './support/posts.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';
import { runningFile } from './support/service-calls.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('copies that lost events have left wrong', () => {
  const dataDir = newDataDir();
  let mails: MailServer;
  let graph: RunningGraph;
  let mongo: MongoClient;
  let ann: Person;
  let ben: Person;
  let postId: string;
  const job = (name: string) =>
    spawnSync('npm', ['run', '--silent', 'job', '--', name], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, POSTBOOK_DATA_DIR: dataDir },
    });

  beforeAll(async () => {
    mails = await startMailServer();
    graph = await startGraph({ dataDir, environment: { SMTP_URL: mails.url } });
    mongo = await new MongoClient(runningFile(dataDir).stores.mongodb).connect();
    ann = await newPerson(graph.url, mails, 'Ann');
    ben = await newPerson(graph.url, mails, 'Ben');
    await befriend(ann, ben);
    postId = await publish(ann, { content: 'For friends' });
    await eventually(() => seesPost(ben));
  });
  afterAll(async () => {
    await mongo?.close();
    await graph?.stop();
    await mails.stop();
    removeData(dataDir);
  });

  const seesPost = async (person: Person) =>
    (await person.client.data<{ post: unknown }>('query ($id: ID!) { post(id: $id) { id } }', { id: postId })).post !==
    null;

  /** As if no event about the two had ever come, and as if nothing had been compared since. */
  async function loseEvents(database: string): Promise<void> {
    const db = mongo.db(database);
    const both = { $in: [ann.userId, ben.userId] };
    await db.collection('relations').deleteMany({ fromUserId: both, toUserId: both });
    await db.collection<{ _id: string }>('user_cards').deleteMany({ _id: both });
    await db.collection('reconciliation').deleteMany({});
  }

  it('are repaired from their owners by the hourly job', async () => {
    await loseEvents('PostFeedServiceDB');
    expect(await seesPost(ben)).toBe(false);
    const run = job('posts-reconcile-people');
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining('posts-reconcile-people ran')]);
    expect(await seesPost(ben)).toBe(true);
    const card = await mongo
      .db('PostFeedServiceDB')
      .collection<{ _id: string }>('user_cards')
      .findOne({ _id: ann.userId });
    expect(card).toMatchObject({ username: ann.username, displayName: 'Ann Example', status: 'Active' });
  });

  it('lose what is no longer so, too', async () => {
    await ben.client.data('mutation ($input: PersonInput!) { removeFriend(input: $input) { errors { code } } }', {
      input: { userId: ann.userId },
    });
    await eventually(async () => !(await seesPost(ben)));
    // As if the event of the end had been lost.
    const relations = mongo.db('PostFeedServiceDB').collection('relations');
    const both = { $in: [ann.userId, ben.userId] };
    await relations.updateMany({ fromUserId: both, toUserId: both }, { $set: { isActive: true, version: 1 } });
    expect(await seesPost(ben)).toBe(true);
    expect(job('posts-reconcile-people').status).toBe(0);
    expect(await seesPost(ben)).toBe(false);
  });

  it('are those of profiles as well, which follow accounts', async () => {
    const profiles = mongo.db('UserProfileServiceDB');
    await profiles
      .collection('user_profiles')
      .updateOne(
        { userId: ann.userId },
        { $set: { username: 'somebody_else', usernameLower: 'somebody_else', usernameVersion: 0 } },
      );
    await profiles.collection('reconciliation').deleteMany({});
    expect(job('profiles-reconcile-accounts').status).toBe(0);
    const { userByUsername } = await ben.client.data<{ userByUsername: { id: string } | null }>(
      'query ($username: String!) { userByUsername(username: $username) { id } }',
      { username: ann.username },
    );
    expect(userByUsername?.id).toBe(ann.userId);
  });

  it('are found by name: npm run job lists what can be run, and says so of a wrong name', () => {
    const wrong = job('posts-reconcile-nobody');
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('There is no job')]);
    for (const service of ['posts', 'chats', 'notifications', 'media']) {
      expect(wrong.stdout).toContain(`${service}-reconcile-people`);
    }
  });
});
