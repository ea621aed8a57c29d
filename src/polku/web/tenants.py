"""Many providers in one process: of each its definitions, its released model and its view of the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

from polku.errors import ForbiddenError, InputError, NotFoundError
from polku.fairness import load_gates
from polku.home import Home
from polku.paths.suggester import Suggester
from polku.profiles import Exclusions
from polku.records import DenyRules
from polku.schemas.settings import Settings
from polku.store import Store
from polku.web.recall import Recall

Clock = Callable[[], int]
MakeSuggester = Callable[[Home, Clock], Suggester]


@dataclass(frozen=True, eq=False)
class Service:
    """What is loaded once for a provider.

    Parameters
    ----------
    home, settings : Home, Settings
        Where definitions are, and how this installation runs, both as the provider sees them.
    store : Store
        Everything that is kept of the provider.
    suggester : Suggester
        Profiles, models and paths.
    deny : DenyRules
        What is kept nowhere.
    now : callable
        Returns microseconds UTC.
    demo : bool
        Whether `now` is a day of a demonstration.
    recall : Recall
        Offers made a moment ago.
    """

    home: Home
    settings: Settings
    store: Store
    suggester: Suggester
    deny: DenyRules
    now: Clock
    demo: bool = False
    recall: Recall = field(default_factory=Recall)


class Tenants:
    """The providers that one process serves, each loaded when first asked for.

    At most ``settings.service.tenants`` are held; the one not asked for longest is let go, and loaded anew when it is
    asked for again. Requests under way keep what they have. Threads that ask for the same provider at once load it
    once, and nobody waits for another provider's loading.

    Parameters
    ----------
    home : Home
        The platform's.
    store : Store
        Any provider's store on the platform's database; the others share its connections.
    now : callable
        Returns microseconds UTC.
    demo : bool
        Whether `now` is a day of a demonstration.
    suggester : callable, optional
        Makes a provider's suggester; default plain ones.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Store.open(f"{folder.name}/polku.db", "demo") as store:
    ...     tenants = Tenants(Home.find(), store, lambda: 0)
    ...     tenants.of("demo") is tenants.default
    True
    >>> folder.cleanup()
    """

    def __init__(
        self, home: Home, store: Store, now: Clock, *, demo: bool = False, suggester: MakeSuggester = Suggester
    ) -> None:
        self._home, self._store, self._now, self._demo = home, store, now, demo
        self._suggester = suggester
        self.settings = home.settings()
        self._deny = Exclusions.load(home.features).deny_rules()
        self._held: OrderedDict[str, Future[Service]] = OrderedDict()
        self._lock = Lock()

    @property
    def default(self) -> Service:
        """Return the service of the provider whose store was handed over: whose data are served without sign-in."""
        return self.of(self._store.provider_id)

    @property
    def held(self) -> tuple[str, ...]:
        """Return the providers that are loaded or being loaded; the one asked for last comes last."""
        with self._lock:
            return tuple(self._held)

    def of(self, provider_id: str) -> Service:
        """Return a provider's service.

        Raises
        ------
        ForbiddenError
            If no such provider joined: whoever asks belongs to nobody here.
        PolkuError
            If the provider's definitions or its released bundle do not hold; asking again tries again.
        """
        if self._has_left(provider_id):
            self.drop(provider_id)
        if provider_id not in self._held:
            self._home_of(provider_id)  # first: who never joined pushes nobody out
        promise, mine = self._claimed(provider_id)
        if mine:
            try:
                promise.set_result(self._load(provider_id))
            except BaseException as error:  # whatever it is, others wait for the same promise
                self._forget(provider_id, promise)
                promise.set_exception(error)
                raise
        return promise.result()

    def loaded(self, provider_id: str) -> Service | None:
        """Return a provider's service if it is loaded and the provider is still there; loads nothing."""
        found = self._held.get(provider_id)
        if found is None or not found.done() or found.exception() is not None or self._has_left(provider_id):
            return None
        return found.result()

    def at_work(self) -> list[Service]:
        """Return the services that are loaded, without those who left since or are being loaded: none is waited for."""
        found = map(self.loaded, self.held)
        return [one for one in found if one is not None]

    def stores(self) -> list[Store]:
        """Return the store of every provider that joined, loaded or not, for what runs by the clock."""
        own = self._store.provider_id
        others = sorted(set(self._home.providers()) - {own})
        return [self._store, *(self._store.for_provider(one) for one in others)]

    def drop(self, provider_id: str) -> None:
        """Let a provider go, as after its definitions have changed; the next request loads it anew."""
        with self._lock:
            self._held.pop(provider_id, None)

    def _has_left(self, provider_id: str) -> bool:
        """Return whether the provider's folder is gone: what is held in memory serves it no longer."""
        return provider_id in self._held and provider_id != self._store.provider_id and not self._stays(provider_id)

    def _stays(self, provider_id: str) -> bool:
        return (self._home.providers_folder / provider_id).is_dir() or provider_id == self.settings.provider_id

    def _claimed(self, provider_id: str) -> tuple[Future[Service], bool]:
        """Return what is or will be the service, and whether it is the caller who loads it."""
        with self._lock:
            known = self._held.get(provider_id)
            if known is not None:
                self._held.move_to_end(provider_id)
                return known, False
            made = self._held[provider_id] = Future[Service]()
            while len(self._held) > self.settings.service.tenants:
                self._held.popitem(last=False)
            return made, True

    def _forget(self, provider_id: str, promise: Future[Service]) -> None:
        """Let a failed loading go, unless another has begun since."""
        with self._lock:
            if self._held.get(provider_id) is promise:
                del self._held[provider_id]

    def _load(self, provider_id: str) -> Service:
        home, store = self._home_of(provider_id), self._store
        if provider_id != store.provider_id:
            store = store.for_provider(provider_id)
        settings = home.settings()
        load_gates(home, settings.model)  # refuses a provider's gates that are looser than the platform's
        suggester = self._suggester(home, self._now)
        with store.read() as tx:
            suggester.released(tx)  # loads the model now rather than in the middle of an answer
        return Service(home, settings, store, suggester, self._deny, self._now, self._demo)

    def _home_of(self, provider_id: str) -> Home:
        """Return the home as the provider sees it; the one that the process was started for need not have joined."""
        if provider_id == self._store.provider_id:
            return replace(self._home, provider_id=provider_id)
        try:
            return self._home.for_provider(provider_id)
        except (NotFoundError, InputError) as error:
            raise ForbiddenError(
                "this platform serves no such provider", hint="ask the provider to join, or sign in as another"
            ) from error
