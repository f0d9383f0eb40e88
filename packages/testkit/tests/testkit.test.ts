import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGraphqlClient, createSubgraphClient, eventually, startMailServer, uniqueName } from '../src/index.ts';

describe('eventually', () => {
  it('gives what the check gave as soon as it is something', async () => {
    let looks = 0;
    expect(await eventually(() => (++looks === 3 ? 'there' : undefined), { everyMs: 1 })).toBe('there');
    expect(looks).toBe(3);
  });

  it('bears a check that throws meanwhile, and throws its last error when the time is over', async () => {
    let looks = 0;
    const passing = () => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return true;
    };
    expect(await eventually(passing, { everyMs: 1 })).toBe(true);
    const failing = () => {
      throw new Error('never');
    };
    await expect(eventually(failing, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow('never');
  });

  it('says what did not come true', async () => {
    await expect(eventually(() => false, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow(
      'did not come true within 20 ms',
    );
  });
});

describe('the GraphQL client', () => {
  const requests: { headers: Record<string, string | string[] | undefined>; body: string }[] = [];
  let reply: unknown = {};
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ headers: request.headers, body });
      response.end(JSON.stringify(reply));
    });
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('sends the token it has, and none without', async () => {
    reply = { data: { me: null } };
    const anonymous = createGraphqlClient({ url: url() });
    expect(await anonymous.data('{ me { id } }')).toEqual({ me: null });
    await anonymous.as('abc').execute('{ me { id } }');
    expect(requests.slice(-2).map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer abc']);
  });

  it('fails loudly on errors when only the data was asked for', async () => {
    reply = { data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] };
    await expect(createGraphqlClient({ url: url() }).data('{ me { id } }')).rejects.toThrow('FORBIDDEN');
    expect((await createGraphqlClient({ url: url() }).execute('{ me { id } }')).errors).toMatchObject([
      { message: 'no' },
    ]);
  });

  it('signs each call to a subgraph for what it is', async () => {
    reply = { data: {} };
    const signed: unknown[] = [];
    const signer = {
      sign: (call: object) => {
        signed.push(call);
        return 'signature';
      },
    };
    const client = createSubgraphClient({ url: url(), audience: 'auth', signer });
    await client.execute('# a comment\nmutation { logOut }');
    await client.execute('{ me { id } }');
    expect(signed).toMatchObject([
      { audience: 'auth', operationType: 'mutation', body: requests.at(-2)?.body },
      { audience: 'auth', operationType: 'query', body: requests.at(-1)?.body },
    ]);
    expect(requests.at(-1)?.headers['x-postbook-identity']).toBe('signature');
  });
});

describe('the mail server', () => {
  it('takes a mail over SMTP and hands it out once', async () => {
    const server = await startMailServer();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
    const say = async (line: string) => {
      socket.write(`${line}\r\n`);
      let reply = '';
      do reply = (await replies.next()).value ?? '';
      while (/^\d{3}-/.test(reply));
      return reply.slice(0, 3);
    };
    await replies.next();
    const codes = [
      await say('EHLO test'),
      await say('MAIL FROM:<a@example.org>'),
      await say('RCPT TO:<b@example.org>'),
      await say('DATA'),
    ];
    expect(codes).toEqual(['250', '250', '250', '354']);
    await say('Subject: Hello\r\n\r\nYour code is 012345.\r\n.');
    socket.destroy();
    const mail = await server.waitForMail('b@example.org', ({ raw }) => raw.includes('012345'));
    expect(mail).toMatchObject({ from: 'a@example.org', to: ['b@example.org'] });
    expect(server.mails).toHaveLength(1);
    await server.stop();
  });
});

describe('unique names', () => {
  it('are names of databases and of namespaces', () => {
    const names = Array.from({ length: 100 }, () => uniqueName('chats'));
    expect(new Set(names).size).toBe(100);
    expect(names.every((name) => /^[a-z0-9_]{1,40}$/.test(name))).toBe(true);
  });
});
