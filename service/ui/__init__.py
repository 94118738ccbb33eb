"""The page: a small web application over the API's own calls, plain ES modules without a build step.

`page/` is what a browser loads; `page/views/index.js` lists the views of an audit and says how one is added.
"""
