import { FillingStrategy } from '../../contract/demand-api.js';

export const audiences = [
  'Adults 18-34',
  'Adults 35-54',
  'Adults 55 and over',
  'Parents of under-fives',
  'Grocery shoppers',
  'Weekly coffee drinkers',
  'Dog owners',
  'Commuters by train',
  'Home owners',
  'Mobile gamers',
  'Frequent flyers',
  'Small business owners',
] as const;

export const locales = [
  { locale: 'eng_us', country: 'United States' },
  { locale: 'eng_gb', country: 'United Kingdom' },
  { locale: 'ger_de', country: 'Germany' },
  { locale: 'fre_fr', country: 'France' },
  { locale: 'spa_es', country: 'Spain' },
  { locale: 'ita_it', country: 'Italy' },
  { locale: 'swe_se', country: 'Sweden' },
  { locale: 'jpn_jp', country: 'Japan' },
  { locale: 'por_br', country: 'Brazil' },
] as const;

export const fillingStrategies = Object.values(FillingStrategy);

interface Person {
  readonly id: string;
  readonly name: string;
}

/** Project managers, by account. */
export const people: Readonly<Record<number, readonly Person[]>> = {
  101: [
    { id: '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01', name: 'Ana Lind' },
    { id: '7c9d2a44-61b8-4d27-8f16-2f1a9b3e5c02', name: 'Ben Okafor' },
    { id: 'a1e4c8d0-93f7-4b5a-b2c8-6e7d0f4a8b03', name: 'Chiara Rossi' },
  ],
  202: [
    { id: 'c5d7e9f1-2a4b-4c6d-8e0f-1a3c5e7092b4', name: 'Dilan Yilmaz' },
    { id: 'e8f0a2b4-6c8d-4e1f-9b3d-5f7a9c1e3d05', name: 'Emma Novak' },
  ],
};
