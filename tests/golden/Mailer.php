<!DOCTYPE html>
<?php
declare(strict_types=1);

namespace App\Mail;

use App\Models\User;
use App\Support\{Queue, Clock as Timer};
use function App\Support\retry;
use const PHP_EOL;

require_once __DIR__ . '/helpers.php';
include 'views/header.php';

const VERSION = '1.0', BUILD = 7;
define('DEBUG_MAIL', false);
$transport = new Smtp("localhost");

/**
 * Sends mail.
 *
 * It may be queued.
 */
#[Service(name: 'mailer')]
abstract class Mailer extends Base implements Sender, \Countable
{
    use Logs, Retries { Logs::write as protected log; Retries::again insteadof Logs; }

    public const LIMIT = 100;
    private static ?Mailer $instance = null;
    protected array $queue = [], $sent = [];
    public readonly string $name;

    public function __construct(
        private readonly Queue $jobs,
        protected ?Timer $clock = null,
    ) {
        $this->name = static::class;
        self::$instance = $this;
    }

    // Sends one.
    public function send(User|string $to, string ...$lines): ?Receipt
    {
        [$name, $domain] = explode('@', (string) $to);
        $body = implode(PHP_EOL, $lines);
        foreach ($this->queue as $key => $waiting) {
            if ($waiting instanceof User && $waiting->email?->isValid()) {
                unset($this->queue[$key]);
            }
        }
        $total = 0;
        $count = function (int $n) use (&$total, $body): int {
            $total += $n;
            return strlen($body);
        };
        $twice = fn($x) => $x * 2 + $total;
        try {
            $count($twice(self::LIMIT));
            $this->jobs->push(new Job(to: $to, body: "Dear {$name} of $domain"));
        } catch (Failure | \RuntimeException $error) {
            Log::warning("failed: {$error->getMessage()}");
            return null;
        }
        return Receipt::make()->for($to);
    }

    abstract protected function format(string $text): string;

    public static function &instance(): static
    {
        static $calls = 0;
        $calls++;
        global $transport;
        return self::$instance ??= new static($transport);
    }

    public function __get($field) { return $this->$field; }
}

interface Sender { public function send(User $to): ?Receipt; }

trait Retries
{
    private int $tries = 3;

    protected function again(callable $what): mixed { return retry($this->tries, $what); }
}

enum Priority: string
{
    case Low = 'low';
    case High = 'high';

    public static function default(): self { return self::Low; }
}

function mailer(): Mailer
{
    $local = 'x';
    return match (true) {
        DEBUG_MAIL => new class extends Mailer { public function format(string $text): string { return $text; } },
        default => Mailer::instance(),
    };
}

if (!function_exists('old_mail')) {
    function old_mail($to) { return \App\Mail\mailer()->send($to); }
}
?>
<p><?= htmlspecialchars($transport->name) ?></p>
