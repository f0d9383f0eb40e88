/** What people write under others' posts. */
export const COMMENTS: readonly string[] = [
  'This made my morning.',
  'I had the same last week. It gets better.',
  'Save one for me!',
  'How long did it take you?',
  'I would have given up after five minutes.',
  'Where exactly is that?',
  'Next time I am coming along.',
  'You say that every year.',
  'Please write down how. I always get it wrong.',
  'My grandmother would agree.',
  'Congratulations!',
  'And nobody told me?',
  'Looks like rain in the background.',
  'That is the spirit.',
  'I have a spare one if you need it.',
  'Now I am hungry.',
  'Worth it, every time.',
  'The light!',
  'Is it open on Mondays?',
  'Count me in.',
];

/** What they answer to comments. */
export const REPLIES: readonly string[] = [
  'Behind the station, second door.',
  'About two hours, with a break.',
  'You are always welcome.',
  'I will send you the recipe.',
  'Guilty.',
  'Only if you bring the thermos.',
  'It is, until noon.',
  'Said the expert.',
  'Deal.',
  'I know, I know.',
];

/** What they say in chats, one after the other. */
export const TALKS: ReadonlyArray<readonly string[]> = [
  ['Are you coming tonight?', 'Running late, start without me.', 'As always.', 'I bring dessert.', 'Then we wait.'],
  ['Did you get the key?', 'Under the blue pot.', 'There are three blue pots.', 'The ugly one.', 'Found it.'],
  ['The train is cancelled.', 'Again?', 'Bus from the square in ten minutes.', 'I see it. Run!'],
  ['How was the interview?', 'They asked about the gap.', 'And?', 'I told them about the boat. They loved it.'],
  [
    'Can you lend me the drill?',
    'It is at my sister’s.',
    'Does your sister lend drills?',
    'She lends everything but drills.',
  ],
  ['Happy birthday!', 'Thank you! You are the first.', 'I set an alarm.', 'That is either lovely or worrying.'],
  ['Which platform?', 'Four.', 'It says seven.', 'Seven then.'],
  ['I read the book you gave me.', 'And?', 'Who does that to a horse?', 'I know. I should have warned you.'],
  ['Do we need anything for Saturday?', 'Bread, plates, and somebody who can sing.', 'Two out of three.', 'Fine.'],
  ['Is the water warm enough?', 'Define warm.', 'Would you go in twice?', 'No.', 'Then I bring a book.'],
];

/** Groups that people have. */
export const GROUPS: ReadonlyArray<readonly [name: string, description: string]> = [
  ['Sunday riders', 'Leave at eight, back for lunch'],
  ['Third floor', 'Parcels, noise, spare keys'],
  ['Book club', 'One a month, no homework'],
  ['Choir, altos', 'Rehearsal notes and lifts'],
  ['Allotment 14', 'Water rota and surplus courgettes'],
  ['Film night', 'Thursdays, bring a cushion'],
  ['Coast path in May', 'Tents, trains, blisters'],
  ['Chess on Thursdays', 'Who has the clocks?'],
  ['Family', 'Everybody, even uncle Theo'],
  ['Repair café', 'What is broken this week'],
];
