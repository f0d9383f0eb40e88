import { expect, it } from 'vitest';
import { renderMail } from './mail-templates.ts';

it('shows the code in both forms, leading zeros kept', () => {
  const mail = renderMail({
    kind: 'VerificationCode',
    to: 'a@b.example',
    firstName: 'Ada',
    code: '000042',
    expiresInMinutes: 15,
  });
  expect(mail.text).toContain('000042');
  expect(mail.html).toContain('000042');
  expect(mail.subject).not.toContain('000042');
});

it('puts names into HTML as text', () => {
  const mail = renderMail({
    kind: 'RegistrationAttempt',
    to: 'a@b.example',
    firstName: '<img src=x onerror=alert(1)>',
    username: 'ada',
  });
  expect(mail.html).not.toContain('<img');
  expect(mail.html).toContain('&#60;img');
});
