import { date, httpsUrl, list, object, oneOfWords, positiveNumber, switchField, text } from '../mongo/schema-parts.ts';

// The parts of a profile that a person fills in as they like (specification, 728-802 and 845-851): types and rules.

/** How somebody was employed. */
export const EMPLOYMENT_TYPES = ['Full-time', 'Part-time', 'Contract', 'Internship', 'Freelance'] as const;
/** How well somebody can do something. */
export const SKILL_LEVELS = ['Beginner', 'Intermediate', 'Advanced', 'Expert'] as const;
/** How well somebody speaks a language. */
export const PROFICIENCIES = ['Elementary', 'Limited', 'Professional', 'Native'] as const;
/** Sites with a link of their own on a profile. */
export const SOCIAL_SITES = ['linkedin', 'twitter', 'github', 'instagram', 'facebook'] as const;
/** How a person wants dates to be written. */
export const DATE_FORMATS = ['MM/DD/YYYY', 'DD/MM/YYYY', 'YYYY-MM-DD'] as const;
/** How a person wants the site to look. */
export const THEMES = ['Light', 'Dark', 'Auto'] as const;

/** A school or course. Without `endDate` it goes on or its end is unknown: `current` tells which. */
export interface StoredEducation {
  /** Made by the service: by it the entry is changed and removed. */
  id: string;
  school: string;
  degree?: string;
  fieldOfStudy?: string;
  startDate?: Date;
  endDate?: Date;
  grade?: string;
  activities?: string;
  description?: string;
  current?: boolean;
}

/** A job. `endDate` and `current` as in {@link StoredEducation}. */
export interface StoredExperience {
  id: string;
  company: string;
  position: string;
  employmentType?: (typeof EMPLOYMENT_TYPES)[number];
  location?: string;
  startDate?: Date;
  endDate?: Date;
  current?: boolean;
  description?: string;
  skills?: string[];
}

/** Something a person can do. */
export interface StoredSkill {
  name: string;
  level?: (typeof SKILL_LEVELS)[number];
  yearsOfExperience?: number;
  /** How many endorsed it: documents of `skill_endorsements`, counted in their transactions. */
  endorsements?: number;
}

/** Something a person proved to somebody. */
export interface StoredCertification {
  id: string;
  name: string;
  issuingOrganization: string;
  issueDate?: Date;
  /** Absent: it doesn't expire. */
  expirationDate?: Date;
  credentialId?: string;
  credentialUrl?: string;
}

/** A language a person speaks. */
export interface StoredLanguage {
  language: string;
  proficiency?: (typeof PROFICIENCIES)[number];
}

/** Links to a person's pages elsewhere, https only. */
export type SocialLinks = Partial<Record<(typeof SOCIAL_SITES)[number], string>>;

/** How the site is to be for a person. */
export interface AccountSettings {
  /** ISO 639-1, such as `en`. */
  language?: string;
  /** An IANA time zone, such as `Europe/London`. */
  timezone?: string;
  dateFormat?: (typeof DATE_FORMATS)[number];
  theme?: (typeof THEMES)[number];
}

const entryId = text(36, 1);

/** What an entry of `education` must look like. */
export const education = object(
  {
    id: entryId,
    school: text(200, 1),
    degree: text(100),
    fieldOfStudy: text(100),
    startDate: date,
    endDate: date,
    grade: text(50),
    activities: text(500),
    description: text(1_000),
    current: switchField,
  },
  ['id', 'school'],
);

/** What an entry of `experience` must look like. */
export const experience = object(
  {
    id: entryId,
    company: text(200, 1),
    position: text(200, 1),
    employmentType: oneOfWords(...EMPLOYMENT_TYPES),
    location: text(200),
    startDate: date,
    endDate: date,
    current: switchField,
    description: text(2_000),
    skills: list(text(50, 1), 50),
  },
  ['id', 'company', 'position'],
);

/** What an entry of `skills` must look like. */
export const skill = object(
  {
    name: text(50, 1),
    level: oneOfWords(...SKILL_LEVELS),
    yearsOfExperience: { ...positiveNumber, maximum: 80 },
    endorsements: positiveNumber,
  },
  ['name'],
);

/** What an entry of `certifications` must look like. */
export const certification = object(
  {
    id: entryId,
    name: text(200, 1),
    issuingOrganization: text(200, 1),
    issueDate: date,
    expirationDate: date,
    credentialId: text(100),
    credentialUrl: httpsUrl(500),
  },
  ['id', 'name', 'issuingOrganization'],
);

/** What an entry of `languages` must look like. */
export const language = object({ language: text(50, 1), proficiency: oneOfWords(...PROFICIENCIES) }, ['language']);

/** What `socialLinks` must look like. */
export const socialLinks = object(Object.fromEntries(SOCIAL_SITES.map((site) => [site, httpsUrl(500)])));

/** What `accountSettings` must look like. */
export const accountSettings = object({
  language: { bsonType: 'string', pattern: '^[a-z]{2}\\z' },
  timezone: text(64, 1),
  dateFormat: oneOfWords(...DATE_FORMATS),
  theme: oneOfWords(...THEMES),
});
