namespace Vigil.Tests.Differential;

/// <summary>Expressions of the language's grammar, right and wrong ones, from one seed. Their words are separated by spaces, so that one can be taken out.</summary>
internal sealed class RandomExpressions(int seed)
{
    private static readonly string[] Leaves =
    [
        "0", "1", "2", "3", "7", "10", "64", "255", "1000", "1_000", "0x1F", "0o17", "0b101", "9007199254740993", "123456789012345678901234567890", "0.5", "0.1", "2.5", "1e-05", "1e16", "3.0", ".25", "1.", "1E3", "-0.0", "2.675",
        "True", "False", "None", "true", "null", "a", "b", "c", "d", "e", "f", "g", "backend.args.lr", "'text'", "\"a b c\"", "'12'", "' 7 '", "'1_0'", "'3.5'", "'inf'", "''", "'it\\'s'", "'\\x41\\u00e9\\n'", "'x' 'y'", "'日本😀'",
        "[]", "[1, 2, 3]", "[3, 1.5, True]", "['b', 'a']", "(1, 2)", "(1,)", "()", "{'k': 1, 'm': [2]}", "{1: 'x', 'y': 2}", "{}", "g['k']", "f[0]", "f[-1]",
    ];

    private static readonly string[] Binary = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in", "+", "*", "-"];
    private static readonly string[] OneArgument = ["int", "float", "str", "bool", "len", "abs", "round", "ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "sum", "sorted", "min", "max", "any", "all", "list", "tuple", "repr", "math.sqrt", "reversed", "enumerate"];
    private static readonly string[] Methods = ["lower ( )", "upper ( )", "strip ( )", "split ( )", "split ( ' ' )", "startswith ( 't' )", "endswith ( ('c', 't') )", "replace ( 't' , 'zz' )", "lstrip ( 'at' )", "count ( 't' )", "index ( 1 )", "get ( 'k' )", "get ( 'q' , 5 )", "join ( ['p', 'q'] )"];
    private static readonly string[] Strays = ["(", ")", "[", "]", "{", "}", ",", ":", ".", "+", "-", "/", "if", "else", "for", "in", "not", "1", "a", "'t'", "==", "=", "x", "$", "'", "1x", "007", "0x", "&"];

    private readonly Random _random = new(seed);

    public string Next(int depth) => depth == 0 || _random.Next(6) == 0 ? Pick(Leaves) : _random.Next(16) switch
    {
        < 5 => $"{Part(depth)} {Pick(Binary)} {Part(depth)}",
        5 => $"{Part(depth)} {Pick(Binary)} {Part(depth)} {Pick(Binary)} {Part(depth)}",
        6 => $"( {Next(depth - 1)} ) ** {Pick(["2", "3", "0", "-1", "0.5", "True"])}",
        7 => $"{Pick(["-", "+", "not"])} {Part(depth)}",
        8 => $"{Part(depth)} if {Part(depth)} else {Part(depth)}",
        9 => $"[ {Next(depth - 1)} , {Next(depth - 1)} ]",
        10 => $"( {Next(depth - 1)} ) [ {Pick(["0", "-1", "1:", ":2", "::-1", "1:5:2", "-2:", "'k'", "9", "::0"])} ]",
        11 => $"( {Next(depth - 1)} ) . {Pick(Methods)}",
        12 => $"round ( {Next(depth - 1)} , {Pick(["0", "1", "2", "-1", "-2", "None"])} )",
        13 => $"{Pick(["min", "max", "zip"])} ( {Next(depth - 1)} , {Next(depth - 1)} )",
        14 => $"[ {Pick(["x", "x * 2", "str(x)", "(x, a)", "x if x else 0"])} for x in {Pick(["range(4)", "f", "g", "(1, 2)", "sorted([3, 1])", "range(10, 0, -3)"])}{Pick(["", " if x", " if x != 2"])} ]",
        _ => $"{Pick(OneArgument)} ( {Next(depth - 1)} )",
    };

    /// <summary>A right one with a word gone, doubled, exchanged or put in.</summary>
    public string NextBroken()
    {
        var words = Next(2).Split(' ').ToList();
        // A power of a power would keep Python busy for ever.
        if (words.Contains("**")) words.RemoveAll(static w => w == "**");
        var at = _random.Next(words.Count);
        switch (_random.Next(3))
        {
            case 0: words.RemoveAt(at); break;
            case 1: words[at] = Pick(Strays); break;
            default: words.Insert(at, Pick(Strays)); break;
        }
        return string.Join(' ', words);
    }

    private string Part(int depth) => _random.Next(2) == 0 ? Next(depth - 1) : $"( {Next(depth - 1)} )";

    private string Pick(string[] words) => words[_random.Next(words.Length)];
}
