import type { DeletedSubjectRepository } from './deleted-subject-repository.ts';
import { inTurns } from './in-turns.ts';
import type { RecipientWriter } from './recipient-writer.ts';
import type { SourceRepository, Withdrawal } from './source-repository.ts';

/** What {@link createWithdrawalService} needs. */
export interface WithdrawalServiceOptions {
  readonly sources: SourceRepository;
  readonly deletedSubjects: DeletedSubjectRepository;
  readonly writer: RecipientWriter;
  readonly now: () => Date;
}

/** Things looked at a time to find who was told of them. */
const CHUNK = 500;

/** Takes back from everybody what must not be told any more. May be cut off and run again at any moment. */
export function createWithdrawalService({ sources, deletedSubjects, writer, now }: WithdrawalServiceOptions) {
  async function fromEverybody(withdrawal: Withdrawal): Promise<number> {
    for (let total = 0; ; ) {
      const recipients = await sources.recipientsOf(withdrawal, CHUNK);
      if (recipients.length === 0) return total;
      await inTurns(recipients, async (userId) => {
        total += await writer.withdrawAll(userId, withdrawal);
      });
    }
  }

  return {
    /** What was told of something that is gone. Noted first, so that whoever tells of it meanwhile finds the note. */
    async ofEntity(entity: string): Promise<void> {
      await deletedSubjects.note(entity, now());
      await fromEverybody({ entity });
    },

    /** What a person did, whose account is hidden or gone by what the local copies say. @returns how many things. */
    ofActor: (actorId: string): Promise<number> => fromEverybody({ actorId }),

    /** What two people were told of each other, between whom there is a block by what the local copies say. */
    async between(a: string, b: string): Promise<void> {
      await writer.withdrawAll(a, { actorId: b });
      await writer.withdrawAll(b, { actorId: a });
    },
  };
}

/** What {@link createWithdrawalService} returns. */
export type WithdrawalService = ReturnType<typeof createWithdrawalService>;
