"""Solves a linear programme with native HiGHS, as scipy brings it: python3 native-highs.py FOLDER.

FOLDER holds its arrays as they lie in memory: cost, lower, upper of columns; row_lower, row_upper; starts, indices, values
of the matrix by columns. Writes columns and row_duals beside them, and prints one line of JSON.
"""

import json
import resource
import sys
import time

import numpy
import scipy
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

folder = sys.argv[1]


def array(name, kind="f8"):
    return numpy.fromfile(f"{folder}/{name}", dtype=kind)


cost, row_lower, row_upper = array("cost"), array("row_lower"), array("row_upper")
matrix = csc_matrix(
    (array("values"), array("indices", "i4"), array("starts", "i4")),
    shape=(row_lower.size, cost.size),
).tocsr()
equal = row_lower == row_upper
if not numpy.isneginf(row_lower[~equal]).all():
    sys.exit("rows are to be equations, or to have an upper end only")

start = time.perf_counter()
result = linprog(
    cost,
    A_ub=matrix[~equal],
    b_ub=row_upper[~equal],
    A_eq=matrix[equal],
    b_eq=row_upper[equal],
    bounds=numpy.column_stack([array("lower"), array("upper")]),
    method="highs-ipm",
)
seconds = time.perf_counter() - start

if result.x is not None:
    row_duals = numpy.empty(row_lower.size)
    row_duals[equal] = result.eqlin.marginals
    row_duals[~equal] = result.ineqlin.marginals
    result.x.astype("f8").tofile(f"{folder}/columns")
    row_duals.tofile(f"{folder}/row_duals")

print(
    json.dumps(
        {
            "version": f"scipy {scipy.__version__}",
            "status": result.message,
            "solved": result.x is not None,
            "seconds": seconds,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
