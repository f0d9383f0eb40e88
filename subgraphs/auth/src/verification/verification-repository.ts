import type { AuthConnection, AuthTransaction, CodeType } from '@postbook/db/auth';
import { sql } from 'drizzle-orm';

/** What came of trying a code. The try is counted in any case once the transaction commits. */
export type CodeOutcome = 'Verified' | 'Wrong' | 'Expired' | 'TooManyAttempts';

/** Verification codes. */
export interface VerificationRepository {
  /** Opens a code and voids the older one of its kind. */
  open(tx: AuthTransaction, userId: string, type: CodeType, codeHash: string): Promise<void>;
  /** Tries a code for the user's address. Give the database itself: the try must stay counted whatever comes after. */
  verifyEmail(connection: AuthConnection, userId: string, codeHash: string): Promise<CodeOutcome>;
}

const OUTCOMES: Readonly<Record<string, CodeOutcome>> = {
  'Invalid verification code': 'Wrong',
  'Verification code expired': 'Expired',
  'Too many attempts': 'TooManyAttempts',
};

/** Codes over the database's routines. */
export const verificationRepository: VerificationRepository = {
  async open(tx, userId, type, codeHash) {
    await tx.execute(
      sql`/* auth.openVerificationCode */ select open_verification_code(${userId}, ${type}, ${codeHash})`,
    );
  },

  async verifyEmail(connection, userId, codeHash) {
    const rows = await connection.execute<{ p_success: boolean; p_error: string | null }>(
      sql`/* auth.verifyEmail */ CALL verify_email(NULL, NULL, ${userId}, ${codeHash})`,
    );
    if (rows[0]?.p_success) return 'Verified';
    const outcome = OUTCOMES[rows[0]?.p_error ?? ''];
    if (!outcome) throw new Error(`verify_email answered ${rows[0]?.p_error}`);
    return outcome;
  },
};
