"""Outside publishers, one module each: their published tables, as they can be downloaded, into the
package's shapes.
"""
