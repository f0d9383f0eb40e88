import type { Mail, RenderedMail } from './mail.ts';

/** Text of others put into HTML: names are whatever people entered. */
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** A mail in both forms of the same paragraphs; an emphasised one stands by itself. */
function render(subject: string, paragraphs: ReadonlyArray<string | { readonly emphasis: string }>): RenderedMail {
  const text = paragraphs.map((paragraph) => (typeof paragraph === 'string' ? paragraph : `    ${paragraph.emphasis}`));
  const html = paragraphs.map((paragraph) =>
    typeof paragraph === 'string'
      ? `<p>${escapeHtml(paragraph)}</p>`
      : `<p style="font-size:1.6em;letter-spacing:.2em"><strong>${escapeHtml(paragraph.emphasis)}</strong></p>`,
  );
  return {
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body style="font-family:sans-serif">${html.join('')}</body></html>\n`,
  };
}

/** Fills the template of the mail's kind. Subjects hold nothing secret and nothing that was entered. */
export function renderMail(mail: Mail): RenderedMail {
  switch (mail.kind) {
    case 'VerificationCode':
      return render('Your PostBook code', [
        `Hello ${mail.firstName},`,
        'welcome to PostBook. Enter this code to prove that the address is yours:',
        { emphasis: mail.code },
        `It is good for ${mail.expiresInMinutes} minutes. If you did not register, ignore this mail.`,
      ]);
    case 'NewVerificationCode':
      return render('Your new PostBook code', [
        `Hello ${mail.firstName},`,
        'here is the new code you asked for. The older one no longer works:',
        { emphasis: mail.code },
        `It is good for ${mail.expiresInMinutes} minutes. If you did not ask for it, ignore this mail.`,
      ]);
    case 'RegistrationAttempt':
      return render('Somebody tried to register with your address', [
        `Hello ${mail.firstName},`,
        'somebody tried to make a PostBook account with this address. You have one already, so nothing was made.',
        `If it was you, log in as ${mail.username} instead. If it was not, you need not do anything: nobody got in.`,
      ]);
    default:
      return mail satisfies never;
  }
}
