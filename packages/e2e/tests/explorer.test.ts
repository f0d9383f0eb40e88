import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';

/** Where the picture of the README is; written anew when UPDATE_SCREENSHOT is set. */
const PICTURE = join(import.meta.dirname, '..', '..', '..', 'docs', 'graphiql.png');

interface Conversations {
  readonly data: { readonly conversations: { readonly nodes: readonly { id: string; kind: string }[] } };
}

const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { errors { code } } }';

describe('GraphiQL in a real browser', () => {
  const dataDir = newDataDir();
  let graph: RunningGraph;
  let browser: Browser;
  let page: Page;
  const requested: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    graph = await startGraph({ dataDir, environment: { POSTBOOK_SAMPLE_PEOPLE: '10' } });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('request', (request) => requested.push(request.url()));
    page.on('websocket', (socket) => requested.push(socket.url()));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${graph.url}/`);
  });
  afterAll(async () => {
    await browser?.close();
    await graph?.stop();
    removeData(dataDir);
  });

  /** Opens a tab of the tour and waits until its operation stands in the editor. */
  async function openTab(number: number, operation: string) {
    await page
      .locator('.graphiql-tab-button')
      .nth(number - 1)
      .click();
    await page.locator('.graphiql-query-editor').getByText(operation).first().waitFor();
  }
  const run = () => page.locator('.graphiql-execute-button').click();
  const result = () => page.locator('.result-window');

  async function answerOf(operation: string): Promise<unknown> {
    const [response] = await Promise.all([
      page.waitForResponse((candidate) => candidate.request().postData()?.includes(operation) ?? false),
      run(),
    ]);
    return response.json();
  }

  /** The chat of the two, which tab 6 lists first. */
  async function chatWithGrace(): Promise<string> {
    await openTab(6, 'Conversations');
    const { data } = (await answerOf('Conversations')) as Conversations;
    const [first] = data.conversations.nodes;
    expect(first?.kind).toBe('DIRECT');
    return first?.id ?? '';
  }

  /** The second sample account, elsewhere. */
  async function grace() {
    const { logIn } = await graph
      .client()
      .data<{ logIn: { tokens: { accessToken: string } } }>(
        `mutation ($input: LogInInput!) { logIn(input: $input) { tokens { accessToken } } }`,
        { input: { login: 'grace', password: 'violet-harbour-42' } },
      );
    return graph.client(logIn.tokens.accessToken);
  }

  it('logs in by the first tab and uses the token from then on', async () => {
    await openTab(1, 'LogIn');
    await answerOf('LogIn');
    await page.locator('[data-testid=token-state][data-source=login]').waitFor();
  });

  it('asks six services in one question', async () => {
    await openTab(2, 'Everything');
    const answer = await answerOf('Everything');
    expect(answer).not.toHaveProperty('errors');
    expect(answer).toMatchObject({
      data: {
        me: {
          username: 'ada',
          displayName: 'Ada Marlowe',
          profile: { statistics: { friendsCount: expect.any(Number) } },
        },
        homeFeed: { nodes: [{ author: { displayName: expect.any(String) } }, {}] },
        conversations: { nodes: [{ lastMessage: { content: expect.any(String) } }, {}] },
        notifications: { nodes: [{ text: expect.any(String) }, {}] },
      },
    });
    await result().getByText('Ada Marlowe').first().waitFor();
  });

  it('shows the home feed, and publishes what has a hashtag and names somebody', async () => {
    await openTab(3, 'HomeFeed');
    expect(await answerOf('HomeFeed')).toMatchObject({ data: { homeFeed: { nodes: expect.any(Array) } } });
    await openTab(4, 'CreatePost');
    expect(await answerOf('CreatePost')).toMatchObject({
      data: {
        createPost: {
          post: { hashtags: ['tides'], mentions: [{ name: 'grace', user: { displayName: 'Grace Okafor' } }] },
          errors: [],
        },
      },
    });
    await openTab(3, 'HomeFeed');
    await answerOf('HomeFeed');
    await result().getByText('Low water at seven').waitFor();
  });

  it('tells what happens to one the moment it happens', async () => {
    const chat = await chatWithGrace();
    await openTab(5, 'LiveNotifications');
    await run();
    await page.locator('[data-testid=socket-state][data-phase=connected]').waitFor();
    await (await grace()).data(SEND, { input: { conversationId: chat, content: 'Hello, bell' } });
    await result().getByText('Hello, bell').waitFor();
    await result().getByText('Grace Okafor').first().waitFor();
  });

  it('shows an event of a subscription the moment another person writes', async () => {
    const chat = await chatWithGrace();
    await openTab(7, 'LiveConversation');
    await run();
    // Wherever the stream is by then: it began at the cursor that tab 6 listed.
    await (await grace()).data(SEND, { input: { conversationId: chat, content: 'Hello, GraphiQL' } });
    await result().getByText('Hello, GraphiQL').waitFor();
    await result().getByText('Grace Okafor').waitFor();
    await page.screenshot(process.env.UPDATE_SCREENSHOT ? { path: PICTURE } : {});
  });

  it('sends a message to the conversation that was listed first', async () => {
    await openTab(8, 'SendMessage');
    expect(await answerOf('SendMessage')).toMatchObject({
      data: { sendMessage: { message: { content: 'Hello from the explorer' }, errors: [] } },
    });
  });

  it('asked nobody but the gateway, and the browser had nothing to complain about', () => {
    const hosts = new Set(requested.filter((url) => /^(https?|wss?):/.test(url)).map((url) => new URL(url).host));
    expect([...hosts]).toEqual([new URL(graph.url).host]);
    expect(complaints).toEqual([]);
  });
});
