import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from './database-fixture.ts';
import { insertRow, refusedBy, sampleRows } from './sample-rows.ts';

let test: TestDatabase;
let rows: ReturnType<typeof sampleRows>;
beforeAll(async () => {
  test = await openTestDatabase();
  rows = sampleRows((await test.verifiedUser()).user_id);
  await insertRow(test, 'audit_log', rows.audit_log());
  await insertRow(test, 'user_tombstones', rows.user_tombstones());
});
afterAll(() => test.close());

describe('the audit log', () => {
  it.each([
    "update audit_log set reason = 'nicer'",
    'update audit_log set reason = reason where false',
    'delete from audit_log',
    'truncate audit_log',
    'merge into audit_log using (select 1) s on true when matched then delete',
    `insert into audit_log (audit_id, action, subject_type, subject_id) overriding system value
     values (1, 'X', 'X', 'x') on conflict (audit_id) do update set action = excluded.action`,
  ])('refuses: %s', async (statement) => {
    const before = await test.sql`select * from audit_log order by audit_id`;
    expect(await refusedBy(test.sql.unsafe(statement))).toBe('audit_log_append_only');
    expect(await test.sql`select * from audit_log order by audit_id`).toEqual(before);
  });

  it('refuses also in a session that replicates, where ordinary triggers rest', async () => {
    const work = test.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`delete from audit_log`;
    });
    expect(await refusedBy(work)).toBe('audit_log_append_only');
  });

  it('takes lines of people and of the system, with the moment of the server', async () => {
    const line = await insertRow(test, 'audit_log', { ...rows.audit_log(), actor_id: null, reason: null });
    expect(line).toMatchObject({ actor_id: null, details: { from: 'User', to: 'Moderator' } });
    expect(Date.now() - line.at.getTime()).toBeLessThan(60_000);
  });

  it('keeps what it says of somebody whose row is gone', async () => {
    const { user_id } = await test.user();
    await insertRow(test, 'audit_log', { ...rows.audit_log(), actor_id: user_id, subject_id: user_id });
    await test.sql`delete from users where user_id = ${user_id}`;
    expect(await test.sql`select actor_id from audit_log where subject_id = ${user_id}`).toMatchObject([
      { actor_id: user_id },
    ]);
  });

  it('reads an index for the lines about somebody, of somebody and of a kind, newest first', async () => {
    const plans = await test.sql.begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      const explain = async (filter: string) =>
        JSON.stringify(
          await sql.unsafe(`explain select * from audit_log where ${filter} order by at desc, audit_id desc limit 21`),
        );
      return [
        await explain("subject_type = 'User' and subject_id = 'x'"),
        await explain("actor_id = '00000000-0000-4000-8000-000000000000'"),
        await explain("action = 'RoleChanged'"),
        await explain('true'),
      ];
    });
    const names = ['audit_log_subject_idx', 'audit_log_actor_idx', 'audit_log_action_idx', 'audit_log_at_idx'];
    for (const [n, plan] of plans.entries()) {
      expect(plan).toContain(names[n]);
      expect(plan).not.toContain('Sort');
    }
  });
});

describe('tombstones', () => {
  it.each([
    'delete from user_tombstones',
    'truncate user_tombstones cascade',
    'update user_tombstones set purged_at = now()',
    'update user_tombstones set user_id = gen_random_uuid()',
  ])('refuse: %s', async (statement) => {
    expect(await refusedBy(test.sql.unsafe(statement))).toBe('user_tombstones_stay');
  });

  it('may be completed', async () => {
    expect(await refusedBy(test.sql`update user_tombstones set completed_at = now()`)).toBeNull();
  });
});
