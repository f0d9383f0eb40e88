/** A mail as the services ask for it: who gets it and what fills the template. Holds secrets: never log it. */
export type Mail = { readonly to: string } & (
  | {
      /** Proves an address, at registration or when a new code was asked for. */
      readonly kind: 'VerificationCode' | 'NewVerificationCode';
      readonly firstName: string;
      readonly code: string;
      readonly expiresInMinutes: number;
    }
  | {
      /** Tells the owner of an account that somebody gave their address to `register`. */
      readonly kind: 'RegistrationAttempt';
      readonly firstName: string;
      readonly username: string;
    }
);

/** A mail as it is sent. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Carries mails away. */
export interface MailTransport {
  /** Resolves when somebody else has taken the mail. @param id goes into the Message-ID, so that a repeat can be told. */
  send(id: string, to: string, mail: RenderedMail): Promise<void>;
  close(): void;
}
