"""How a call reaches a function whose body may be larger than a Lambda takes (6 MB): by mapping templates, no proxy.

API Gateway takes 10 MB. The template hands on path, query, headers and the first 32 KB of the body; whatever comes from
outside is base64, so that nothing in it can break the event. `esign.runtime.callbacks.read_call` reads that event. The
function answers as behind a proxy, and the response's template makes HTTP of it. Knows no vendor.
"""

from __future__ import annotations

KEPT = 32 * 1024  # characters of the body

_REQUEST = """\
#set($given = $input.params())
#set($cut = $input.body.length() > %(kept)d)
{
  "mapped": 1,
  "httpMethod": "$context.httpMethod",
  "resource": "$context.resourcePath",
  "pathParameters": [#foreach($name in $given.path.keySet())["$util.base64Encode($name)", \
"$util.base64Encode($given.path.get($name))"]#if($foreach.hasNext), #end#end],
  "query": [#foreach($name in $given.querystring.keySet())["$util.base64Encode($name)", \
"$util.base64Encode($given.querystring.get($name))"]#if($foreach.hasNext), #end#end],
  "headers": [#foreach($name in $given.header.keySet())["$util.base64Encode($name)", \
"$util.base64Encode($given.header.get($name))"]#if($foreach.hasNext), #end#end],
  "size": $input.body.length(),
  "body": "#if($cut)$util.base64Encode($input.body.substring(0, %(kept)d))#else$util.base64Encode($input.body)#end"
}
"""
REQUEST = _REQUEST % {"kept": KEPT}

RESPONSE = """\
#set($answer = $input.path('$'))\
#set($context.responseOverride.status = $answer.statusCode)\
$answer.body"""

# Of a body: who sends another type is answered 415. JSON and XML both, since only the function can say in the vendor's
# own words what it makes of them.
TYPES = ("application/json", "text/json", "text/xml", "application/xml", "application/soap+xml", "text/plain")

ANY_ERROR = "[\\s\\S]*"  # of the function: what its errorMessage looks like
