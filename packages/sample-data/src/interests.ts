/** Something that people do and write about. */
export interface Interest {
  /** Its hashtag, without the sign. */
  readonly tag: string;
  /** What somebody who does it says of themselves. */
  readonly taglines: readonly string[];
  /** What they write; `{place}`, `{friend}`, `{number}` and `{thing}` are filled in. */
  readonly posts: readonly string[];
  /** What the words for `{thing}` are. */
  readonly things: readonly string[];
  /** Polls: the question and its answers. */
  readonly polls: ReadonlyArray<readonly [question: string, ...options: string[]]>;
}

/** What the people of the sample data are interested in. */
export const INTERESTS: readonly Interest[] = [
  {
    tag: 'baking',
    taglines: ['Sourdough and patience', 'Burns the first one, always', 'Flour on every shirt'],
    things: ['rye loaf', 'brioche', 'plum cake', 'focaccia', 'cardamom bun', 'apple tart'],
    posts: [
      'First {thing} of the autumn. The crumb is not what I hoped for, the smell is.',
      'Somebody in {place} sold me a starter that is older than I am. It already has opinions.',
      '{number} minutes at 230 degrees and not one more. I have learnt.',
      'Brought a {thing} to work. It lasted until ten past nine.',
      'Does anybody have a good recipe for a {thing} without eggs?',
    ],
    polls: [
      ['Butter or oil in a cake?', 'Butter', 'Oil', 'Both, secretly'],
      ['How dark should a crust be?', 'Golden', 'Brown', 'One minute before black'],
    ],
  },
  {
    tag: 'cycling',
    taglines: ['Uphill is a state of mind', 'Two wheels, no plan', 'Fixes bicycles on Sundays'],
    things: ['tailwind', 'puncture', 'gravel track', 'new saddle', 'broken spoke', 'long descent'],
    posts: [
      '{number} kilometres before breakfast. The breakfast was the better part.',
      'The road to {place} is closed to cars this weekend. Bliss.',
      'Day three and the first {thing}. Could be worse, could be raining. It is raining.',
      'Rode home the long way for no reason but the light.',
      'Lost to a man of seventy with a basket full of leeks. He did not even breathe.',
    ],
    polls: [['Commuting in the rain?', 'Of course', 'Only with mudguards', 'That is what trams are for']],
  },
  {
    tag: 'birdwatching',
    taglines: ['Looks up a lot', 'Kingfisher: seen twice', 'Quiet by profession'],
    things: ['kingfisher', 'heron', 'goldcrest', 'pair of swifts', 'barn owl', 'curlew'],
    posts: [
      'A {thing}! Not five minutes from the tram stop. I dropped my coffee.',
      'Waited {number} minutes in the reeds for nothing at all. Would do it again tomorrow.',
      'The swifts left {place} today. Summer is over, whatever the calendar says.',
      'Found the notebook of my first year. Every second entry says "brown bird, small".',
    ],
    polls: [['Best hour for birds?', 'Before sunrise', 'The whole morning', 'When I forgot the binoculars']],
  },
  {
    tag: 'gardening',
    taglines: ['Tomatoes against all odds', 'Grows more than she can eat', 'At war with snails'],
    things: ['courgette', 'chilli', 'row of beans', 'quince', 'bed of leeks', 'fig tree'],
    posts: [
      'The {thing} has survived two frosts and my neighbour’s cat.',
      'Free to whoever comes first: {number} courgettes. Please.',
      'Planted garlic today. See you in July.',
      'There is a hedgehog under the compost. Gardening is suspended until it moves out.',
    ],
    polls: [['What do you do about snails?', 'Beer traps', 'Ducks', 'I have given up', 'Talk to them']],
  },
  {
    tag: 'film',
    taglines: ['Stays for the credits', 'Third row, left', 'Rewinds by hand'],
    things: ['matinee', 'restored print', 'double feature', 'silent film', 'open-air screening'],
    posts: [
      'Saw the {thing} at the little cinema in {place}. Nine people, one dog, no phones.',
      'Nobody told me that the ending is at the beginning. {number} years of wrong opinions.',
      'The projector broke and the owner told us the rest of the story himself. Better than the film.',
    ],
    polls: [['Popcorn?', 'Sweet', 'Salted', 'Silence, please']],
  },
  {
    tag: 'running',
    taglines: ['Slow on purpose', 'Runs for the bakery at the end', 'Knees permitting'],
    things: ['hill', 'half marathon', 'parkrun', 'new pair of shoes', 'headwind'],
    posts: [
      '{number} kilometres along the river. A {thing} is easier with company, thanks {friend}.',
      'Personal best, if we do not count the two traffic lights. I do not count them.',
      'Ran through {place} at six. The streets belong to bakers and foxes.',
    ],
    polls: [['Music while running?', 'Always', 'Never', 'Only uphill']],
  },
  {
    tag: 'photography',
    taglines: ['Waits for the light', 'Mostly doors and dogs', 'One lens, no zoom'],
    things: ['fog', 'empty platform', 'window', 'blue hour', 'market stall', 'reflection'],
    posts: [
      'A {thing} in {place}, this morning at seven.',
      'One roll, {number} frames, two that I like. A good week.',
      'The best picture of the trip is the one that I took by mistake.',
      'Looking for somebody to walk through {place} with two cameras and no hurry.',
    ],
    polls: [['Film or digital?', 'Film', 'Digital', 'Whatever is in the pocket']],
  },
  {
    tag: 'woodwork',
    taglines: ['Measures twice, cuts three times', 'Smells of cedar', 'Makes boxes for other boxes'],
    things: ['dovetail', 'three-legged stool', 'bookshelf', 'spoon', 'drawer'],
    posts: [
      'The first {thing} that does not wobble. I may frame it.',
      'Found oak boards behind the old school in {place}. {number} years of desks.',
      'A {thing} is only a mistake with a plan. Started again.',
    ],
    polls: [['Glue or screws?', 'Glue', 'Screws', 'Joints, like a civilised person']],
  },
  {
    tag: 'chess',
    taglines: ['Resigns gracefully', 'Plays the Caro-Kann and regrets it', 'Fifteen minutes plus ten'],
    things: ['endgame', 'fork', 'gambit', 'draw', 'pinned knight'],
    posts: [
      'Lost an endgame with a rook more. It takes talent.',
      'The club in {place} meets on Thursdays. Beginners are fed.',
      '{number} moves and then I saw the {thing}. So did {friend}.',
    ],
    polls: [['First move?', 'e4', 'd4', 'c4', 'Whatever annoys people']],
  },
  {
    tag: 'music',
    taglines: ['Second violin, first coffee', 'Plays too loud in small rooms', 'Collects broken synthesizers'],
    things: ['cello', 'borrowed trumpet', 'choir rehearsal', 'upright piano', 'four-track tape'],
    posts: [
      'Choir tonight. {number} people and one of them in tune. It was not me.',
      'Somebody plays the {thing} in the courtyard every evening at eight. I do not want to know who.',
      'We play in {place} on Saturday, in a boathouse. Bring a blanket.',
    ],
    polls: [['Rehearse on Sundays?', 'Morning', 'Evening', 'Never on Sundays']],
  },
  {
    tag: 'hiking',
    taglines: ['Maps on paper', 'Last hut before the ridge', 'Wet socks, good mood'],
    things: ['ridge', 'mountain hut', 'chapel', 'goat', 'waterfall', 'shortcut'],
    posts: [
      'The {thing} is still there. So is the mud. {number} kilometres of it.',
      'Took a {thing} that was none. Arrived by moonlight.',
      'Anybody for the coast path near {place} in May? I have a tent for three.',
      'Met {friend} on a summit without a signal. Small mountains.',
    ],
    polls: [['What goes into the rucksack first?', 'Chocolate', 'The map', 'A dry shirt', 'More chocolate']],
  },
  {
    tag: 'languages',
    taglines: ['Learning the sixth badly', 'Reads dictionaries for fun', 'Dreams in subtitles'],
    things: ['subjunctive', 'tongue twister', 'false friend', 'word for snow', 'proverb'],
    posts: [
      'Ordered bread in {place} and got a haircut. My accent is getting better.',
      'Today’s {thing} cost me {number} minutes and my dignity.',
      'Exchange: my Portuguese for your Finnish. Coffee included.',
    ],
    polls: [['Hardest part of a language?', 'Grammar', 'Listening', 'Jokes']],
  },
];
