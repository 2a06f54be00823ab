// Colours of lines, each to be told apart on this theme's ground.
import { theme } from '../theme';

const dark = ['#6cb2ff', '#f2a65a', '#5fc58a', '#d2a8ff', '#ff7b72', '#56d4dd', '#e2d14a', '#f29bd0', '#a3b18a', '#b0bec5'];
const light = ['#0b5cad', '#b35900', '#136f3a', '#7d2fb8', '#b3211c', '#00667a', '#7a6a00', '#a8327e', '#556b2f', '#455a64'];

export const lineColour = (index: number): string => {
  const all = theme.value === 'dark' ? dark : light;
  return all[index % all.length]!;
};

/** The colour, let through: 0 … 1. */
export const faint = (colour: string, share: number): string => colour + Math.round(share * 255).toString(16).padStart(2, '0');

export const styleColour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
