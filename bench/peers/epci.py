#!/usr/bin/python3
"""Indicators of every EPCI from the comparateur, by pandas: the peer that bench/run times.

usage: epci.py COMPARATEUR MEMBERSHIP MOVEMENTS|- OUT.csv     from the published files
       epci.py --save TABLE COMPARATEUR MEMBERSHIP MOVEMENTS|-  only makes TABLE (pickle)
       epci.py --ready TABLE OUT.csv                          from a table made before
"""
import sys

import pandas as pd


def read(comparateur, membership, movements):
    table = pd.read_csv(comparateur, sep=";", dtype={"CODGEO": str})
    places = pd.read_csv(membership, sep=None, engine="python", dtype=str)
    if movements != "-":
        moves = pd.read_csv(movements, dtype=str)
        moves = moves[(moves.TYPECOM_AV == "COM") & (moves.TYPECOM_AP == "COM")
                      & (moves.DATE_EFF > "2021-01-01") & (moves.DATE_EFF <= "2022-01-01")
                      & (moves.COM_AV != moves.COM_AP)]
        table["CODGEO"] = table.CODGEO.replace(dict(zip(moves.COM_AV, moves.COM_AP)))
    places = places[places.EPCI != "ZZZZZZZZZ"]
    return table.merge(places[["CODGEO", "EPCI"]], on="CODGEO").drop(columns="CODGEO")


def indicators(table):
    s = table.groupby("EPCI").sum(min_count=1)
    growth = (s.P18_POP / s.P13_POP) ** (1 / 5) - 1
    return pd.DataFrame({
        "population": s.P18_POP,
        "density": s.P18_POP / s.SUPERF,
        "population_growth": 100 * growth,
        "birth_rate": 1000 * s.NAIS1318 / 5 / ((s.P18_POP + s.P13_POP) / 2),
        "activity_rate": 100 * s.P18_ACT1564 / s.P18_POP1564,
        "census_unemployment_rate": 100 * s.P18_CHOM1564 / s.P18_ACT1564,
        "jobs": s.P18_EMPLT,
        "dwellings": s.P18_LOG,
        "dwelling_vacancy": 100 * s.P18_LOGVAC / s.P18_LOG,
        "second_homes": 100 * s.P18_RSECOCC / s.P18_LOG,
        "home_owners": 100 * s.P18_RP_PROP / s.P18_RP,
    })


if sys.argv[1] == "--save":
    read(*sys.argv[3:6]).to_pickle(sys.argv[2])
elif sys.argv[1] == "--ready":
    indicators(pd.read_pickle(sys.argv[2])).to_csv(sys.argv[3])
else:
    indicators(read(*sys.argv[1:4])).to_csv(sys.argv[4])
