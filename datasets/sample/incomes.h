/* Distribution of living standards, as Filosofi publishes it. */
#ifndef IRMINON_SAMPLE_INCOMES_H
#define IRMINON_SAMPLE_INCOMES_H

#include "sample/country.h"

/* Quantiles of persons by living standard: nine deciles, then the quartiles. */
enum { INCOME_MEDIAN = 4, INCOME_Q1 = 9, INCOME_Q3 = 10, INCOME_QUANTILES = 11 };
/* Secrecy: nothing under 50 households, the median only under 1,000. */
enum { INCOME_MEDIAN_FROM = 50, INCOME_ALL_FROM = 1000 };

typedef struct sample_income {
    int households, persons;
    int units_10;                   /* consumption units × 10 */
    int quantile[INCOME_QUANTILES]; /* euros, to ten */
    int taxed, poor;                /* per mille */
    int poor_by_age[6];             /* per mille; by age of the reference person */
    int poor_by_tenure[2];          /* owners, tenants */
    int gini;                       /* × 1000 */
    int s80_s20;                    /* × 10 */
    int rd;                         /* D9/D1 × 10 */
    /* Shares of disposable income, per mille. */
    int work, wages, unemployment, business, pensions, assets, benefits, family, minimum,
        housing, taxes;
} sample_income;

/* Of one territory, in a year that has a world. */
irm_status sample_income_of(sample_country *country, int year, sample_level level, int i,
                            sample_income *income, irm_error *error);

#endif
